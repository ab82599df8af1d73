namespace VampNet.Load.Tests;

/// <summary>Where a target breaks.</summary>
public sealed class SaturationSearchTests
{
    private readonly VirtualTime _time = new();

    [Theory]
    [InlineData(10)]
    [InlineData(70)]
    public void The_knee_is_just_below_what_a_target_can_do(double capacity)
    {
        var search = Run(new SaturationOptions(), capacity);
        Assert.True(search.IsSaturated);
        Assert.InRange(search.KneeRate!.Value, 0.5 * capacity, 1.05 * capacity);
        var broken = search.Steps.Where(step => step.Broken is not null).ToList();
        Assert.All(broken, step => Assert.True(step.Rate > search.KneeRate));
        Assert.True(search.Steps.Count <= 12);
    }

    [Fact]
    public void A_target_that_no_step_breaks_has_its_knee_above_the_last_one()
    {
        var search = Run(new SaturationOptions { MaxSteps = 4, MaxP99 = 10 }, capacity: 1_000);
        Assert.False(search.IsSaturated);
        Assert.Equal([1, 1.5, 2.25, 3.375], search.Steps.Select(step => step.Rate));
        Assert.Equal(3.375, search.KneeRate);
    }

    [Fact]
    public void A_search_that_begins_too_high_goes_down_first()
    {
        var search = Run(new SaturationOptions { FirstRate = 40, MaxP99 = 1 }, capacity: 10);
        Assert.Equal([40, 20, 10], search.Steps.Take(3).Select(step => step.Rate));
        Assert.InRange(search.KneeRate!.Value, 4, 10);
    }

    [Fact]
    public void A_p99_above_the_limit_breaks_a_step_and_says_so()
    {
        var search = Run(new SaturationOptions { MaxP99 = 0.2 }, capacity: 10);
        Assert.Contains(search.Steps, step => step.Broken?.Contains("above 0.200 s", StringComparison.Ordinal) == true);
        Assert.True(search.Knee!.Result.Latency.P99 <= 0.2);
    }

    [Fact]
    public void A_p50_that_grows_breaks_a_step_whose_few_calls_say_little_about_p99()
    {
        // One call of each step is slow by itself, so that p99 is the same in all of them.
        var search = Run(
            new SaturationOptions { MinGoodput = 0 }, new FakeTarget(_time, (number, _) => number == 0 ? 20 : 0.1) { Queues = false });
        Assert.False(search.IsSaturated);
        var queueing = Run(new SaturationOptions { MinGoodput = 0 }, new FakeTarget(_time, (number, _) => number == 0 ? 20 : 0.1));
        Assert.Contains(queueing.Steps, step => step.Broken?.StartsWith("p50", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void Calls_that_fail_break_a_step()
    {
        var target = new FakeTarget(_time, (_, _) => 0.001)
        {
            Fails = number => number % 50 == 0 ? new Grpc.Core.RpcException(new(Grpc.Core.StatusCode.Unavailable, "")) : null,
        };
        var search = Run(new SaturationOptions { MaxSteps = 2 }, target);
        Assert.Null(search.Knee);
        Assert.All(search.Steps, step => Assert.Contains("of the calls failed", step.Broken, StringComparison.Ordinal));
    }

    private SaturationResult Run(SaturationOptions options, double capacity) =>
        Run(options, new FakeTarget(_time, (_, _) => 1 / capacity));

    private SaturationResult Run(SaturationOptions options, FakeTarget target) =>
        _time.Run(() => new SaturationSearch(async rate =>
        {
            var plan = new LoadPlan { Duration = TimeSpan.FromSeconds(60), Rate = rate, Concurrency = 1_000 };
            return await new LoadRun(target, _time).RunAsync(plan, CancellationToken.None);
        }).RunAsync(options));
}
