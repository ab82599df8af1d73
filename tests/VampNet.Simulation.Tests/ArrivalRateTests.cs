using VampNet.Simulation.Engine;

namespace VampNet.Simulation.Tests;

public class ArrivalRateTests
{
    [Fact]
    public void As_many_arrive_as_the_rate_says_at_each_time()
    {
        var rate = ArrivalRate.Daily(1, 9, period: 10_000).WithBurst(1_000, 2_000, 20);
        var arrivals = rate.Draw(new Random(1), 10_000).ToList();
        Assert.Equal(arrivals.Order(), arrivals);
        AssertAbout(20 * 1_000, arrivals.Count(at => at is >= 1_000 and < 2_000));
        AssertAbout(8.93 * 1_000, arrivals.Count(at => at is >= 4_500 and < 5_500)); // the top of the curve
        AssertAbout(1.06 * 500, arrivals.Count(at => at >= 9_500)); // and its end
    }

    private static void AssertAbout(double expected, int found) => Assert.InRange(found, 0.9 * expected, 1.1 * expected);
}
