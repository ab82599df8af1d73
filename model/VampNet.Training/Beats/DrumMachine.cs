using VampNet.Audio;

namespace VampNet.Training.Beats;

/// <summary>Rendered music and where its beats and bars begin, in seconds.</summary>
internal sealed record Rendered(AudioBuffer Audio, double[] Beats, double[] Downbeats);

/// <summary>What drums sound like; frequencies in Hz, decays in seconds.</summary>
internal sealed record Kit(
    double Click = 1_500, double KickLow = 50, double KickDecay = 0.09, double SnareTone = 190, double SnareNoise = 0.6,
    double SnareDecay = 0.06, double HatDecay = 0.02)
{
    public static Kit Any(Random random)
    {
        double Between(double low, double high) => low * Math.Pow(high / low, random.NextDouble());
        return new Kit(
            Between(600, 4_000), Between(38, 75), Between(0.05, 0.18), Between(140, 280), Between(0.3, 0.9), Between(0.04, 0.12),
            Between(0.012, 0.06));
    }
}

/// <summary>Renders clicks, drums and chords at given times: music whose beats are known.</summary>
internal sealed class DrumMachine(double seconds, int sampleRate = 44_100, Kit? kit = null, int seed = 7)
{
    private readonly float[] _audio = new float[(int)(seconds * sampleRate)];
    private readonly Kit _kit = kit ?? new Kit();
    private readonly Random _random = new(seed);

    public AudioBuffer Audio => new(_audio, sampleRate);

    public void Click(double time, double gain = 0.8) =>
        Add(time, 0.03, t => gain * Math.Sin(2 * Math.PI * _kit.Click * t) * Math.Exp(-t / 0.006));

    /// <summary>A sine that falls by 100 Hz.</summary>
    public void Kick(double time, double gain = 0.8) =>
        Add(time, 0.25,
            t => gain * Math.Sin(2 * Math.PI * (_kit.KickLow * t + 100 * 0.03 * (1 - Math.Exp(-t / 0.03)))) * Math.Exp(
                -t / _kit.KickDecay));

    public void Snare(double time, double gain = 0.5) =>
        Add(time, 0.2,
            t => gain * (_kit.SnareNoise * Noise() + 0.5 * Math.Sin(2 * Math.PI * _kit.SnareTone * t)) * Math.Exp(-t / _kit.SnareDecay));

    public void Hat(double time, double gain = 0.15)
    {
        var last = 0.0;
        Add(time, 0.08, t =>
        {
            var noise = Noise();
            var high = noise - last;
            last = noise;
            return gain * high * Math.Exp(-t / _kit.HatDecay);
        });
    }

    /// <summary>A sustained minor chord with a soft attack.</summary>
    public void Chord(double time, double length, double root, double gain = 0.15) => Add(time, length, t =>
        gain * Math.Min(1, t / 0.03) * Math.Min(1, (length - t) / 0.05) *
        (Math.Sin(2 * Math.PI * root * t) + Math.Sin(2 * Math.PI * root * 1.2 * t) + Math.Sin(
            2 * Math.PI * root * 1.5 * t) + 0.5 * Math.Sin(2 * Math.PI * root * 3 * t)));

    public void Bass(double time, double length, double frequency, double gain = 0.3) => Add(time, length, t =>
        gain * Math.Min(1, t / 0.005) * Math.Exp(
            -t / length) * (Math.Sin(2 * Math.PI * frequency * t) + 0.4 * Math.Sin(4 * Math.PI * frequency * t)));

    /// <summary>White noise under everything.</summary>
    public void Hiss(double gain) => Add(0, seconds, _ => gain * Noise());

    private double Noise() => 2 * _random.NextDouble() - 1;

    private void Add(double time, double length, Func<double, double> wave)
    {
        var start = Math.Max(0, (int)Math.Round(time * sampleRate));
        var count = Math.Min((int)(length * sampleRate), _audio.Length - start);
        for (var i = 0; i < count; i++)
            _audio[start + i] += (float)wave((double)i / sampleRate);
    }
}
