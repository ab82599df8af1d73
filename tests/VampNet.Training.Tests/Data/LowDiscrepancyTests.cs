using VampNet.Training.Data;
using Xunit;

namespace VampNet.Training.Tests.Data;

public sealed class LowDiscrepancyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_stretch_fills_the_interval_evenly(int seed)
    {
        var points = new LowDiscrepancy(seed);
        var stretch = Enumerable.Range(1_000_000, 256).Select(i => points[i]).Order().ToArray();
        Assert.All(stretch, point => Assert.InRange(point, 0, 1));
        var gaps = stretch.Zip(stretch.Skip(1), (a, b) => b - a).ToArray();
        Assert.InRange(gaps.Max(), 1.0 / 256, 3.0 / 256); // of random numbers the largest of 256 gaps is about 6/256
    }

    [Fact]
    public void Seeds_differ() => Assert.NotEqual(new LowDiscrepancy(1)[5], new LowDiscrepancy(2)[5]);
}
