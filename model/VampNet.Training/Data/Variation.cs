namespace VampNet.Training.Data;

/// <summary>A track played another way: more music of the same kind.</summary>
/// <param name="Stretch">length as a multiple of the track's</param>
/// <param name="Semitones">how much higher</param>
/// <param name="GainDb">how much louder than −24 LUFS</param>
internal readonly record struct Variation(double Stretch, double Semitones, double GainDb)
{
    private const double MostOctavesSlower = 0.15, MostSemitones = 2, LowestGain = -6, HighestGain = 3;

    public static readonly Variation None = new(1, 0, 0);

    /// <summary>Variation n of a track: the same whenever it is asked for. The first is the track itself.</summary>
    /// <param name="key">of the track, in hex</param>
    public static Variation Of(string key, int n)
    {
        if (n == 0)
            return None;
        var random = new Random(unchecked((int)Convert.ToUInt32(key[..8], 16) + n));
        double Between(double low, double high) => low + (high - low) * random.NextDouble();
        return new Variation(
            Math.Pow(2, Between(-MostOctavesSlower, MostOctavesSlower)), Between(-MostSemitones, MostSemitones),
            Between(LowestGain, HighestGain));
    }
}
