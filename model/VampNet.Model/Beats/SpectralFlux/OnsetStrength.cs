using System.Numerics;
using System.Runtime.InteropServices;
using NAudio.Wave;

namespace VampNet.Model.Beats.SpectralFlux;

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

    /// <summary>Of mono audio, which is read once.</summary>
    public static OnsetStrength Of(ISampleProvider audio, CancellationToken cancellationToken = default)
    {
        var sampleRate = audio.WaveFormat.SampleRate;
        var hop = Math.Max(1, sampleRate / FramesPerSecond);
        var spectrum = new PowerSpectrum((int)BitOperations.RoundUpToPowerOf2((uint)(sampleRate / 25)));
        var bands = new MelBands(Bands, LowestHertz, Math.Min(HighestHertz, 0.45 * sampleRate), sampleRate, spectrum.Size);
        var mel = Mel(audio, hop, spectrum, bands, cancellationToken);
        Compress(mel);
        var (flux, bass) = Rises(mel, bassBands: bands.CountBelow(BassHertz));
        return new OnsetStrength((double)sampleRate / hop, flux, bass);
    }

    /// <summary>(frames, bands) power around every hop.</summary>
    private static Span<float> Mel(
        ISampleProvider audio, int hop, PowerSpectrum spectrum, MelBands bands, CancellationToken cancellationToken)
    {
        var mel = new List<float>();
        var power = new float[spectrum.Bins];
        Span<float> frame = stackalloc float[Bands];
        foreach (var samples in CentredFrames.Of(audio, spectrum.Size, hop))
        {
            cancellationToken.ThrowIfCancellationRequested();
            spectrum.Compute(samples, power);
            bands.Apply(power, frame);
            mel.AddRange(frame);
        }
        return CollectionsMarshal.AsSpan(mel);
    }

    /// <summary>Logarithms of magnitudes relative to the loudest, in place.</summary>
    private static void Compress(Span<float> mel)
    {
        var loudest = 0f;
        foreach (var power in mel)
            loudest = Math.Max(loudest, power);
        var scale = loudest == 0 ? 0 : 1 / MathF.Sqrt(loudest);
        foreach (ref var power in mel)
            power = MathF.Log(1 + Compression * MathF.Sqrt(power) * scale);
    }

    private static (float[] Flux, float[] Bass) Rises(ReadOnlySpan<float> mel, int bassBands)
    {
        var trebleFrom = bassBands + (Bands - bassBands) / 2;
        var frames = mel.Length / Bands;
        var (flux, bass) = (new float[frames], new float[frames]);
        Span<float> rises = stackalloc float[Bands];
        for (var t = Lag; t < frames; t++)
        {
            var now = mel.Slice(t * Bands, Bands);
            var before = mel.Slice((t - Lag) * Bands, Bands);
            for (var b = 0; b < Bands; b++)
            {
                var reference = Math.Max(before[b], Math.Max(before[Math.Max(b - 1, 0)], before[Math.Min(b + 1, Bands - 1)]));
                rises[b] = Math.Max(0, now[b] - reference);
            }
            bass[t] = Mean(rises[..bassBands]);
            flux[t] = bass[t] + Mean(rises[bassBands..trebleFrom]) + Mean(rises[trebleFrom..]);
        }
        return (flux, bass);
    }

    private static float Mean(ReadOnlySpan<float> values)
    {
        var sum = 0f;
        foreach (var value in values)
            sum += value;
        return sum / values.Length;
    }
}

/// <summary>Overlapping frames of a signal.</summary>
internal static class CentredFrames
{
    /// <summary>Frames centred on every <paramref name="hop"/>-th sample, the first included; silence lies beyond both ends.</summary>
    /// <returns>the same array again and again, with the next frame in it</returns>
    public static IEnumerable<float[]> Of(ISampleProvider audio, int size, int hop)
    {
        var frame = new float[size];
        var half = size / 2;
        long end = audio.Fill(frame, half, half); // samples read so far
        for (long centre = 0; centre <= end; centre += hop)
        {
            yield return frame;
            Array.Copy(frame, hop, frame, 0, size - hop);
            Array.Clear(frame, size - hop, hop);
            end += audio.Fill(frame, size - hop, hop);
        }
    }
}
