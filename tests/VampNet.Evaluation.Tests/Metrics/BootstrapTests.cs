using VampNet.Evaluation.Metrics;
using Xunit;

namespace VampNet.Evaluation.Tests.Metrics;

public sealed class BootstrapTests
{
    [Fact]
    public void Items_that_are_alike_leave_no_doubt() => Assert.Equal(new Estimate(7, 7, 7), Bootstrap.Of(5, _ => 7, new Random(1)));

    [Fact]
    public void One_item_leaves_no_doubt_either() =>
        Assert.Equal(new Estimate(0, 0, 0), Bootstrap.Of(1, items => items.Sum(), new Random(1)));

    [Fact]
    public void The_interval_of_a_mean_is_that_of_the_normal_distribution()
    {
        var random = new Random(1);
        var values = Enumerable.Range(0, 400).Select(_ => random.NextDouble()).ToArray();
        var estimate = Bootstrap.Of(values.Length, items => items.Average(i => values[i]), random, resamples: 4000);
        var error = 1.96 * Math.Sqrt(1.0 / 12 / values.Length);
        Assert.Equal(values.Average(), estimate.Value);
        Assert.Equal(estimate.Value - error, estimate.Low, 0.2 * error);
        Assert.Equal(estimate.Value + error, estimate.High, 0.2 * error);
    }

    [Fact]
    public void The_same_seed_gives_the_same_interval() => Assert.Equal(Draw(), Draw());

    [Fact]
    public void Nothing_cannot_be_resampled() => Assert.Throws<ArgumentOutOfRangeException>(() => Bootstrap.Of(0, _ => 0, new Random(1)));

    private static Estimate Draw() => Bootstrap.Of(9, items => items.Average(i => i * i), new Random(3));
}
