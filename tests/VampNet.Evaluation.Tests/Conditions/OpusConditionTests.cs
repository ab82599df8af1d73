using VampNet.Evaluation.Metrics;
using VampNet.Testing;
using Xunit;

namespace VampNet.Evaluation.Tests.Conditions;

[NoTensorLeaks]
public sealed class OpusConditionTests
{
    [Fact]
    public async Task Opus_at_its_lowest_rate_is_small_in_time_and_in_tune()
    {
        double[] notes = [440, 523.25, 659.26, 392, 349.23, 587.33];
        float[] music = [.. notes.SelectMany(f => Enumerable.Range(0, Excerpt.SampleRate / 2)
            .Select(i => (float)(0.2 * Math.Sin(2 * Math.PI * f * i / Excerpt.SampleRate))))];
        var rendition = await new OpusCondition("opus").RenderAsync(new Excerpt(0, "notes", music), CancellationToken.None);
        Assert.InRange(rendition.BitsPerSecond, 3_000, 14_000);
        Assert.Equal(music.Length, rendition.Samples.Length);
        var chroma = PerceptualMetrics.Of(music, rendition.Samples, Excerpt.SampleRate, Excerpt.Hop).Chroma;
        Assert.True(chroma.Value > 0.9 && chroma.Chance < 0.6, $"chroma {chroma}");
    }
}
