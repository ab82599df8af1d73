namespace VampNet.Load.Tests;

/// <summary>Schedules of calls.</summary>
public sealed class ArrivalTests
{
    [Fact]
    public void Random_arrivals_are_those_of_their_seed_and_as_many_as_the_rate_says()
    {
        var times = Arrivals.Poisson(rate: 10, seed: 4).TakeWhile(at => at < TimeSpan.FromSeconds(1_000)).ToList();
        Assert.Equal(times, Arrivals.Poisson(10, seed: 4).Take(times.Count));
        Assert.NotEqual(times[0], Arrivals.Poisson(10, seed: 5).First());
        Assert.Equal(times.Order(), times);
        // 10,000 are expected, with a standard deviation of 100.
        Assert.InRange(times.Count, 9_600, 10_400);
        // Distances of a Poisson process are spread as widely as they are long.
        var gaps = times.Zip(times.Skip(1), (a, b) => (b - a).TotalSeconds).ToList();
        var mean = gaps.Average();
        Assert.InRange(Math.Sqrt(gaps.Average(gap => (gap - mean) * (gap - mean))) / mean, 0.95, 1.05);
    }

    [Fact]
    public void Constant_arrivals_come_at_equal_distances() =>
        Assert.Equal([0, 250, 500, 750], Arrivals.Constant(4).Take(4).Select(at => at.TotalMilliseconds));

    [Fact]
    public void A_schedule_ends_with_the_duration_or_the_calls_whichever_is_first()
    {
        var plan = new LoadPlan { Duration = TimeSpan.FromSeconds(2), Rate = 4, IsConstant = true };
        Assert.Equal(8, plan.Schedule(4).Count());
        Assert.Equal(3, (plan with { MaxCalls = 3 }).Schedule(4).Count());
    }
}
