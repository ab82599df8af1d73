namespace VampNet.Model.Beats;

/// <summary>
/// How strongly something new begins, about 100 times a second: the rise of a compressed mel spectrum against the
/// loudest neighbouring band two frames earlier (spectral flux with the vibrato suppression of SuperFlux,
/// Böck and Widmer 2013).
/// </summary>
internal sealed class OnsetStrength
{
    private const int FramesPerSecond = 100;
    private const int Bands = 48;
    private const int Lag = 2;
    private const double LowestHertz = 30;
    private const double HighestHertz = 14_000;
    private const double BassHertz = 180;

    // Mild, so that a hi-hat stays smaller than a drum.
    private const float Compression = 30;

    private OnsetStrength(double frameRate, float[] flux, float[] bass) => (FrameRate, Flux, Bass) = (frameRate, flux, bass);

    /// <summary>Frames a second.</summary>
    public double FrameRate { get; }

    /// <summary>
    /// Rise of the spectrum, one value a frame, at least 0: the sum of the means of bass, middle and treble, so that
    /// the few bands of a bass drum weigh as much as the many of a cymbal.
    /// </summary>
    public float[] Flux { get; }

    /// <summary>Mean rise below 180 Hz alone, where bass and bass drum are.</summary>
    public float[] Bass { get; }

    public static OnsetStrength Of(ReadOnlySpan<float> audio, int sampleRate)
    {
        var hop = Math.Max(1, sampleRate / FramesPerSecond);
        var mel = CompressedMel(audio, sampleRate, hop, out var bassBands);
        var trebleFrom = bassBands + (Bands - bassBands) / 2;
        var frames = mel.Length / Bands;
        var (flux, bass) = (new float[frames], new float[frames]);
        Span<float> rises = stackalloc float[Bands];
        for (var t = Lag; t < frames; t++)
        {
            var now = mel.AsSpan(t * Bands, Bands);
            var before = mel.AsSpan((t - Lag) * Bands, Bands);
            for (var b = 0; b < Bands; b++)
            {
                var reference = Math.Max(before[b], Math.Max(before[Math.Max(b - 1, 0)], before[Math.Min(b + 1, Bands - 1)]));
                rises[b] = Math.Max(0, now[b] - reference);
            }
            bass[t] = Mean(rises[..bassBands]);
            flux[t] = bass[t] + Mean(rises[bassBands..trebleFrom]) + Mean(rises[trebleFrom..]);
        }
        return new OnsetStrength((double)sampleRate / hop, flux, bass);
    }

    /// <summary>(frames, bands) log-compressed magnitudes, relative to the loudest.</summary>
    private static float[] CompressedMel(ReadOnlySpan<float> audio, int sampleRate, int hop, out int bassBands)
    {
        var spectrum = new PowerSpectrum((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(sampleRate / 25)));
        var bands = new MelBands(Bands, LowestHertz, Math.Min(HighestHertz, 0.45 * sampleRate), sampleRate, spectrum.Size);
        bassBands = bands.CountBelow(BassHertz);
        var frames = audio.Length / hop + 1;
        var mel = new float[frames * Bands];
        var power = new float[spectrum.Bins];
        for (var t = 0; t < frames; t++)
        {
            spectrum.Compute(audio, t * hop, power);
            bands.Apply(power, mel.AsSpan(t * Bands, Bands));
        }
        var loudest = MathF.Sqrt(mel.Max());
        for (var i = 0; i < mel.Length; i++)
            mel[i] = loudest == 0 ? 0 : MathF.Log(1 + Compression * MathF.Sqrt(mel[i]) / loudest);
        return mel;
    }

    private static float Mean(ReadOnlySpan<float> values)
    {
        var sum = 0f;
        foreach (var value in values)
            sum += value;
        return sum / values.Length;
    }
}
