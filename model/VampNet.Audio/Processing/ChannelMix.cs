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
