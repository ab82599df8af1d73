using System.Buffers;
using VampNet.Audio.Processing;

namespace VampNet.Audio.Tests;

public class ResamplerTests
{
    [Theory]
    [InlineData(48_000, 44_100)]
    [InlineData(22_050, 44_100)]
    [InlineData(8_000, 44_100)]
    [InlineData(96_000, 44_100)]
    [InlineData(44_100, 22_050)]
    public void A_sine_stays_that_sine(int from, int to)
    {
        var audio = Resampler.Resample(Signals.Sine(1_000, 1, from), to);
        Assert.Equal(to, audio.Frames);
        var middle = to / 4;
        Assert.InRange(
            Signals.Snr(Signals.Sine(1_000, 1, to).Samples.AsSpan(middle, to / 2), audio.Samples.AsSpan(middle, to / 2)), 100,
            double.PositiveInfinity);
    }

    [Fact]
    public void What_does_not_fit_the_new_rate_is_removed_and_not_folded_down()
    {
        var audio = Resampler.Resample(Signals.Sine(15_000, 1, 44_100), 22_050);
        Assert.InRange(audio.Samples.AsSpan(5_000, 10_000).ToArray().Max(MathF.Abs), 0, 1e-5f);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1_000)]
    public void Chunk_by_chunk_equals_the_whole(int chunkFrames)
    {
        var audio = Signals.Chord(0.5, 48_000, channels: 2);
        using var resampler = new Resampler(48_000, 44_100, channels: 2);
        var output = new ArrayBufferWriter<float>();
        for (var at = 0; at < audio.Samples.Length; at += 2 * chunkFrames)
            resampler.Process(audio.Samples.AsSpan(at, Math.Min(2 * chunkFrames, audio.Samples.Length - at)), output);
        resampler.Finish(output);
        var whole = Resampler.Resample(audio, 44_100).Samples;
        Assert.Equal(whole, output.WrittenSpan[..whole.Length].ToArray());
    }

    [Fact]
    public void The_same_rate_is_the_same_audio()
    {
        var audio = Signals.Sine(440, 0.1);
        Assert.Same(audio, Resampler.Resample(audio, audio.SampleRate));
    }

    [Theory]
    [InlineData(1, 44_100, 48_000)]
    [InlineData(1, 48_000, 8_000)]
    [InlineData(3, 4_000, 384_000)]
    public void A_few_samples_are_enough(int frames, int from, int to) =>
        Assert.Equal(Math.Max(1, frames * to / from), Resampler.Resample(new AudioBuffer(new float[frames], from), to).Frames);
}
