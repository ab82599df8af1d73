using NAudio.Wave;
using VampNet.Core.Prompts;

namespace VampNet.Model.Beats;

/// <summary>What trackers ask of their input.</summary>
internal static class MonoInput
{
    private const int LowestRate = 1_000;

    /// <summary>The provider, if it is one that trackers take.</summary>
    /// <exception cref="ArgumentException">it is not mono, or below 1 kHz</exception>
    public static ISampleProvider Checked(this ISampleProvider audio)
    {
        var format = audio.WaveFormat;
        return format is { Channels: 1, SampleRate: >= LowestRate }
            ? audio
            : throw new ArgumentException(
            $"beats are tracked in mono of at least {LowestRate} Hz, not in {format.Channels} channels of {format.SampleRate} Hz",
            nameof(audio));
    }

    /// <summary>Fills the span from the provider as far as it goes.</summary>
    /// <returns>samples read; fewer than asked for only at the end</returns>
    public static int Fill(this ISampleProvider audio, float[] buffer, int offset, int count)
    {
        var filled = 0;
        while (filled < count && audio.Read(buffer.AsSpan(offset + filled, count - filled)) is var read and > 0)
            filled += read;
        return filled;
    }
}
