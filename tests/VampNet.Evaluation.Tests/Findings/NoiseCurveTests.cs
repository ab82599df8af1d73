using VampNet.Evaluation.Findings;
using Xunit;

namespace VampNet.Evaluation.Tests.Findings;

public sealed class NoiseCurveTests
{
    [Fact]
    public void Between_two_bitrates_noise_is_between_their_figures_by_the_logarithm()
    {
        var noise = NoiseCurve.Of([
            Outcomes.Of("codec", 0, bits: 8_000), Outcomes.Of("noisy tokens, r=0.5", 1, bits: 4_000),
            Outcomes.Of("noisy tokens, r=0.875", 3, bits: 1_000)])!;
        Assert.Equal(2, noise.At(2_000, o => o.MelLong).Value, 1e-9);
        Assert.Equal((1.5, 2.5), (noise.At(2_000, o => o.MelLong).Low, noise.At(2_000, o => o.MelLong).High));
        Assert.Equal([3, 3, 1, 1], new[] { 0.0, 1_000, 4_000, 9_000 }.Select(bits => noise.At(bits, o => o.MelLong).Value));
        Assert.True(noise.Reaches(0) && noise.Reaches(4_000) && !noise.Reaches(4_001));
        Assert.Null(NoiseCurve.Of([Outcomes.Of("codec", 0)]));
    }
}
