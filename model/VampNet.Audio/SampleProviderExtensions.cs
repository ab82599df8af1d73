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
    /// <exception cref="InvalidAudioException">the audio breaks a limit, has no samples, or one that is not finite or too large</exception>
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
            SampleChecks.Within(limits.MaxAmplitude, samples.Span, rate, channels, frames);
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
    /// <summary>Throws on the first sample that is NaN, infinite or too large.</summary>
    /// <param name="max">largest absolute value; <see cref="float.MaxValue"/> = any that is finite</param>
    /// <param name="samples">interleaved whole frames</param>
    /// <param name="sampleRate">in Hz</param>
    /// <param name="channels">at least 1</param>
    /// <param name="position">of the first frame within the whole audio</param>
    public static void Within(float max, ReadOnlySpan<float> samples, int sampleRate, int channels, long position)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            if (Math.Abs(samples[i]) <= max)
                continue;
            var where = $"sample at {(position + i / channels) / (double)sampleRate:0.000} s is";
            if (float.IsFinite(samples[i]))
                throw new InvalidAudioException(
                    AudioProblem.OutOfRange,
                    $"{where} {samples[i]:0.###e+0}, expected at most {max:0.###}: full scale is 1. Is it in units of integers?");
            throw new InvalidAudioException(AudioProblem.NotFinite, $"{where} {(float.IsNaN(samples[i]) ? "NaN" : "infinite")}");
        }
    }
}
