using System.Buffers;
using NAudio.Wave;

namespace VampNet.Audio;

/// <summary>Reading audio to its end.</summary>
public static class SampleProviderExtensions
{
    /// <summary>Most frames of a piece.</summary>
    internal const int PieceFrames = 16_384;

    /// <summary>Reads a provider to its end, into memory.</summary>
    /// <inheritdoc cref="ReadPieces"/>
    public static AudioBuffer ReadToEnd(this ISampleProvider provider, AudioLimits? limits = null)
    {
        var samples = new ArrayBufferWriter<float>();
        foreach (var piece in provider.ReadPieces(limits))
            samples.Write(piece.Span);
        return new AudioBuffer(samples.WrittenSpan.ToArray(), provider.WaveFormat.SampleRate, provider.WaveFormat.Channels);
    }

    /// <summary>
    /// Reads a provider to its end in pieces of whole frames, each valid until the next, and checks every sample: the
    /// one door by which audio comes in.
    /// </summary>
    /// <exception cref="InvalidAudioException">the audio breaks a limit, has no samples, or holds NaN or infinity</exception>
    public static IEnumerable<ReadOnlyMemory<float>> ReadPieces(this ISampleProvider provider, AudioLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(provider);
        limits ??= AudioLimits.Default;
        var (rate, channels) = (provider.WaveFormat.SampleRate, provider.WaveFormat.Channels);
        limits.CheckFormat(rate, channels);
        var piece = new float[PieceFrames * channels];
        long frames = 0;
        for (var full = true; full;)
        {
            var filled = Fill(provider, piece);
            full = filled == piece.Length;
            var samples = piece.AsMemory(0, filled / channels * channels);
            SampleChecks.Finite(samples.Span, rate, channels, frames * channels);
            frames += samples.Length / channels;
            limits.CheckLength(frames, rate, channels);
            if (!samples.IsEmpty)
                yield return samples;
        }
        if (frames == 0)
            throw new InvalidAudioException(AudioProblem.NoSamples, "audio has no samples");
    }

    /// <summary>Fills a buffer as far as the provider goes.</summary>
    private static int Fill(ISampleProvider provider, float[] buffer)
    {
        var (filled, read) = (0, 0);
        while (filled < buffer.Length && (read = provider.Read(buffer.AsSpan(filled))) > 0)
            filled += read;
        return filled;
    }
}

internal static class SampleChecks
{
    /// <summary>Throws on the first NaN or infinite sample.</summary>
    /// <param name="position">interleaved index of the first sample within the whole audio</param>
    public static void Finite(ReadOnlySpan<float> samples, int sampleRate, int channels, long position = 0)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            if (float.IsFinite(samples[i]))
                continue;
            var seconds = (position + i) / channels / (double)sampleRate;
            var what = float.IsNaN(samples[i]) ? "NaN" : "infinite";
            throw new InvalidAudioException(AudioProblem.NotFinite, $"sample at {seconds:0.000} s is {what}");
        }
    }
}
