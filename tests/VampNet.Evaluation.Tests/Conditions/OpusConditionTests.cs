using VampNet.Evaluation.Metrics;
using VampNet.Testing;
using Xunit;

namespace VampNet.Evaluation.Tests.Conditions;

[NoTensorLeaks]
public sealed class OpusConditionTests
{
    [Fact]
    public async Task Opus_at_a_low_rate_is_small_in_time_and_in_tune_and_a_higher_one_is_larger()
    {
        double[] notes = [440, 523.25, 659.26, 392, 349.23, 587.33];
        float[] music = [.. notes.SelectMany(f => Enumerable.Range(0, Excerpt.SampleRate / 2)
            .Select(i => (float)(0.2 * Math.Sin(2 * Math.PI * f * i / Excerpt.SampleRate))))];
        var (low, high) = (await RenderAsync(music, 6_000), await RenderAsync(music, 24_000));
        Assert.InRange(low.BitsPerSecond, 3_000, 14_000);
        Assert.True(high.BitsPerSecond > 1.5 * low.BitsPerSecond, $"{high.BitsPerSecond} bit/s");
        Assert.Equal(music.Length, low.Samples.Length);
        var chroma = PerceptualMetrics.Of(music, low.Samples, Excerpt.SampleRate, Excerpt.Hop).Chroma;
        Assert.True(chroma.Value > 0.9 && chroma.Chance < 0.6, $"chroma {chroma}");
    }

    private static Task<Rendition> RenderAsync(float[] music, int bitsPerSecond) =>
        new OpusCondition("opus", bitsPerSecond).RenderAsync(new Excerpt(0, "notes", music), CancellationToken.None);
}
