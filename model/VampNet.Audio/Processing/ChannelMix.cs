using NAudio.Wave;

namespace VampNet.Audio.Processing;

/// <summary>Which channels of audio are taken.</summary>
public enum ChannelLayout
{
    /// <summary>One: the mean of all channels.</summary>
    Mix,

    /// <summary>
    /// Two: the first two, which are left and right in every file format that is read; more than two are not mixed
    /// down. One where the source has one.
    /// </summary>
    Stereo,
}

/// <summary>Fewer channels of interleaved samples.</summary>
internal static class ChannelMix
{
    /// <summary>Number of channels that a layout makes of a source's.</summary>
    public static int Count(ChannelLayout layout, int channels) => layout == ChannelLayout.Stereo ? Math.Min(2, channels) : 1;

    /// <param name="input">interleaved whole frames</param>
    /// <param name="channels">of the input</param>
    /// <param name="output">interleaved, the same number of frames</param>
    /// <param name="count">channels of the output: 1 = the mean of all, otherwise the first ones</param>
    public static void Reduce(ReadOnlySpan<float> input, int channels, Span<float> output, int count)
    {
        if (count == 1)
            Mean(input, channels, output);
        else
            First(input, channels, output, count);
    }

    private static void Mean(ReadOnlySpan<float> input, int channels, Span<float> output)
    {
        for (var frame = 0; frame < output.Length; frame++)
        {
            var sum = 0f;
            foreach (var sample in input.Slice(frame * channels, channels))
                sum += sample;
            output[frame] = sum / channels;
        }
    }

    private static void First(ReadOnlySpan<float> input, int channels, Span<float> output, int count)
    {
        for (var (from, to) = (0, 0); to < output.Length; from += channels, to += count)
            input.Slice(from, count).CopyTo(output[to..]);
    }
}

/// <summary>Audio of any number of channels as mono on disk.</summary>
public static class MonoSpool
{
    /// <summary>Reads the mean of a provider's channels to its end, onto disk.</summary>
    /// <inheritdoc cref="SampleProviderExtensions.ReadPieces"/>
    public static PcmSpool SpoolMono(
        this ISampleProvider provider, AudioLimits? limits = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(provider);
        var (rate, channels) = (provider.WaveFormat.SampleRate, provider.WaveFormat.Channels);
        var spool = new PcmSpool(rate, 1);
        try
        {
            var mono = new float[PcmSpool.PieceFrames];
            foreach (var piece in provider.ReadPieces(limits))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var samples = mono.AsSpan(0, piece.Length / channels);
                ChannelMix.Reduce(piece.Span, channels, samples, 1);
                SampleChecks.Within(float.MaxValue, samples, rate, 1, spool.Frames);
                spool.Append(samples);
            }
            return spool;
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }
}
