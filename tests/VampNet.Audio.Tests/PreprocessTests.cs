using VampNet.Audio.Processing;

namespace VampNet.Audio.Tests;

public class PreprocessTests
{
    [Theory]
    [InlineData(0.9)]
    [InlineData(0.001)]
    public void Loudness_becomes_the_target(double amplitude)
    {
        var audio = Preprocess.Apply(Signals.Sine(440, 4.5, 22_050, channels: 2, amplitude));
        Assert.Equal(Preprocess.TargetLoudness, Loudness.Integrated(audio), 0.1);
        Assert.Equal((44_100, 1, 0), (audio.SampleRate, audio.Channels, audio.Frames % 768));
    }

    [Fact]
    public void The_peak_is_capped_where_loudness_would_pass_full_scale()
    {
        var clicks = new float[44_100 * 4];
        for (var i = 0; i < clicks.Length; i += 22_050)
            clicks[i] = 0.5f;
        Assert.Equal(1f, Preprocess.Normalize(new AudioBuffer(clicks, 44_100)).Samples.Max(), 1e-6f);
    }

    [Fact]
    public void Silence_stays_silent() =>
        Assert.All(Preprocess.Apply(new AudioBuffer(new float[10_000], 44_100)).Samples, sample => Assert.Equal(0f, sample));

    [Theory]
    [InlineData(1, 768)]
    [InlineData(768, 768)]
    [InlineData(769, 1_536)]
    public void The_end_is_padded_to_whole_hops(int frames, int padded)
    {
        var audio = Preprocess.PadToHop(new AudioBuffer(Enumerable.Repeat(1f, frames).ToArray(), 44_100), 768);
        Assert.Equal(padded, audio.Frames);
        Assert.Equal(frames, audio.Samples.Sum());
    }
}
