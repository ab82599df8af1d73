namespace VampNet.Training.Data;

/// <summary>Random places in a set of tracks, each second of music as likely as any other.</summary>
public sealed class Excerpts
{
    private readonly IReadOnlyList<long> _lengths;
    private readonly long[] _ends;

    /// <param name="lengths">length of each track, in samples or frames</param>
    public Excerpts(IReadOnlyList<long> lengths)
    {
        _lengths = lengths;
        _ends = new long[lengths.Count];
        var total = 0L;
        for (var i = 0; i < lengths.Count; i++)
            _ends[i] = total += lengths[i];
    }

    /// <summary>A track and a start such that <paramref name="length"/> fits, or 0 where the track is shorter.</summary>
    public (int Track, long Start) Draw(Random random, long length)
    {
        var at = random.NextInt64(_ends[^1]);
        var track = Array.BinarySearch(_ends, at + 1);
        track = track < 0 ? ~track : track;
        return (track, random.NextInt64(Math.Max(1, _lengths[track] - length + 1)));
    }

    /// <summary><paramref name="count"/> places spread evenly over all tracks: the same ones every time.</summary>
    public IEnumerable<(int Track, long Start)> Spread(int count, long length)
    {
        for (var i = 0; i < count; i++)
        {
            var at = (long)((i + 0.5) / count * _ends[^1]);
            var track = Array.FindIndex(_ends, end => at < end);
            yield return (track, Math.Clamp(at - (track == 0 ? 0 : _ends[track - 1]), 0, Math.Max(0, _lengths[track] - length)));
        }
    }
}

/// <summary>
/// Numbers in [0, 1) that fill it evenly however many are taken: van der Corput's sequence, which is the first dimension
/// of Sobol's, moved round by an amount that depends on the seed.
/// </summary>
internal sealed class LowDiscrepancy(int seed)
{
    private readonly double _shift = new Random(seed).NextDouble();

    /// <param name="index">number of the point, at least 0</param>
    public double this[long index]
    {
        get
        {
            var (point, digit) = (_shift, 0.5);
            for (var rest = (ulong)index; rest > 0; rest >>= 1, digit /= 2)
                point += (rest & 1) * digit;
            return point - Math.Floor(point);
        }
    }
}

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
