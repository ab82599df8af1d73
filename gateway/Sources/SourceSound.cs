using VampNet.Audio;

namespace VampNet.Gateway.Sources;

/// <summary>The samples of a source as they were sent: all channels, at their own rate, its repeats in a row.</summary>
/// <param name="phrase">of one repeat; now owned by this</param>
internal sealed class SourceSound(PcmSpool phrase, int repeat) : IDisposable
{
    public int Channels => phrase.Channels;

    /// <summary>In Hz.</summary>
    public int SampleRate => phrase.SampleRate;

    /// <summary>Samples per channel, of all repeats.</summary>
    public long Frames => phrase.Frames * repeat;

    /// <summary>
    /// Frames from anywhere. Beyond its ends the sound is turned about its outermost sample, which goes on without a step and without a
    /// bend.
    /// </summary>
    /// <param name="from">the first; negative = before the source</param>
    /// <param name="samples">interleaved whole frames</param>
    public void Read(long from, Span<float> samples)
    {
        for (var at = 0; at < samples.Length;)
        {
            var frame = from + at / Channels;
            var left = samples[at..];
            if (frame < 0 || frame >= Frames)
            {
                Turn(frame < 0 ? 0 : Frames - 1, frame, left[..Channels]);
                at += Channels;
                continue;
            }
            var within = frame % phrase.Frames;
            var count = (int)Math.Min(left.Length, (phrase.Frames - within) * Channels);
            phrase.Read(within, left[..count]);
            at += count;
        }
    }

    public void Dispose() => phrase.Dispose();

    private void Turn(long end, long frame, Span<float> sample)
    {
        Span<float> last = stackalloc float[Channels];
        Read(end, last);
        Read(Math.Clamp(2 * end - frame, 0, Frames - 1), sample);
        for (var c = 0; c < Channels; c++)
            sample[c] = 2 * last[c] - sample[c];
    }
}
