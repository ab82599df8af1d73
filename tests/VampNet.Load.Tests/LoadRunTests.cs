using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace VampNet.Load.Tests;

/// <summary>The engine: what it measures, and that it ends.</summary>
public sealed class LoadRunTests
{
    private static readonly LoadPlan s_open =
        new() { Duration = TimeSpan.FromSeconds(10), Rate = 10, IsConstant = true, Concurrency = 1_000 };

    private static readonly LoadPlan s_closed = new() { Duration = TimeSpan.FromSeconds(10), Concurrency = 1 };

    private readonly VirtualTime _time = new();

    [Fact]
    public void A_pause_of_the_server_counts_for_all_calls_that_were_to_be_made_in_it()
    {
        // Every call takes 10 ms, but the server stands still for 5 s.
        var target = new FakeTarget(_time, (_, at) => at is >= 2 and < 7 ? 7 - at : 0.01);
        var open = Run(target, s_open);
        Assert.Equal((100, 0), (open.Done, open.Failed));
        // Half of the calls met the pause, for 2.5 s on average.
        Assert.InRange(open.Latency.P90, 3.5, 5);
        Assert.InRange(open.Latency.Mean, 1, 1.5);

        // Whoever waits for answers meets it once, and does not notice what it misses meanwhile.
        var closed = Run(new FakeTarget(_time, (_, at) => at % 100 is >= 12 and < 17 ? 17 - at % 100 : 0.01), s_closed);
        Assert.InRange(closed.Latency.P99, 0, 0.02);
    }

    [Fact]
    public void A_call_that_waits_for_its_turn_here_is_on_the_clock_of_its_schedule()
    {
        var target = new FakeTarget(_time, (_, _) => 1) { Queues = false };
        var result = Run(target, s_open with { Rate = 2, Duration = TimeSpan.FromSeconds(5), Concurrency = 1 });
        Assert.Equal((10, 1), (result.Done, target.MostAtOnce));
        // The last one was due after 4.5 s and was answered after 10 s.
        Assert.Equal(5.5, result.Latency.Max, 0.01);
        Assert.Equal(10, result.Seconds, 0.01);
    }

    [Fact]
    public void A_run_ends_with_its_timeout_however_far_it_falls_behind()
    {
        var target = new FakeTarget(_time, (_, _) => 1) { Queues = false };
        var result = Run(target, s_open with { Concurrency = 1, Timeout = TimeSpan.FromSeconds(3) });
        Assert.InRange(result.Seconds, 13, 14);
        Assert.Equal(100, result.Done + result.Failed);
        Assert.Equal(target.Sent.Count, result.Done);
        var error = Assert.Single(result.Errors);
        Assert.Equal(("DeadlineExceeded", "NOT_SENT", result.Failed), (error.Status, error.Reason, error.Count));
    }

    [Fact]
    public void A_run_lasts_as_long_as_it_was_to_last_where_the_schedule_has_gaps()
    {
        var result = Run(new FakeTarget(_time, (_, _) => 0.01), s_open with { Rate = 0.15 });
        Assert.Equal((2, 10, 0.2), (result.Done, result.Seconds, result.CallsPerSecond));
    }

    [Fact]
    public void Callers_who_wait_for_answers_are_never_more_than_they_are()
    {
        var target = new FakeTarget(_time, (_, _) => 0.5) { Queues = false };
        var result = Run(target, s_closed with { Concurrency = 4 });
        Assert.Equal((80, 4), (result.Done, target.MostAtOnce));
        Assert.Null(result.Rate);
        Assert.Equal((8, 16), (result.CallsPerSecond, result.MusicPerSecond));
        Assert.Equal(Enumerable.Range(0, 80), target.Sent.Select(call => call.Number).Order());
        Assert.Equal(7, Run(target, s_closed with { Concurrency = 4, MaxCalls = 7 }).Done);
    }

    [Fact]
    public void A_server_that_refuses_at_once_is_not_called_in_a_loop()
    {
        var target = new FakeTarget(_time, (_, _) => 0) { Fails = _ => Error(StatusCode.ResourceExhausted, "QUEUE_FULL") };
        var result = Run(target, s_closed with { Concurrency = 2 });
        Assert.Equal((0, 1), (result.Done, result.ErrorShare));
        Assert.InRange(result.Failed, 190, 202); // two callers for 10 s, ten calls a second each
    }

    [Fact]
    public void Errors_are_counted_by_status_and_reason()
    {
        var target = new FakeTarget(_time, (_, _) => 0.001)
        {
            Fails = number => (number % 10) switch
            {
                0 => Error(StatusCode.ResourceExhausted, "QUEUE_FULL"),
                1 or 2 => new RpcException(new Grpc.Core.Status(StatusCode.Unavailable, "gone")),
                _ => null,
            },
        };
        var result = Run(target, s_open);
        Assert.Equal((70, 30, 0.3), (result.Done, result.Failed, result.ErrorShare));
        Assert.Equal([new CallError("Unavailable", "", 20), new CallError("ResourceExhausted", "QUEUE_FULL", 10)], result.Errors);
        Assert.Equal([("even", 30L, 20L), ("odd", 40, 10)], result.Kinds.Select(k => (k.Name, k.Latency.Count, k.Failed)));
    }

    [Fact]
    public void An_answer_that_is_nonsense_is_a_failure_and_the_run_goes_on()
    {
        var target = new FakeTarget(_time, (_, _) => 0.001)
        {
            Fails = number => number == 3 ? new InvalidDataException("no tokens") : null,
        };
        var result = Run(target, s_open);
        Assert.Equal((99, new CallError("InvalidDataException", "", 1)), (result.Done, Assert.Single(result.Errors)));
    }

    [Fact]
    public void Tenants_take_turns_and_fairness_says_who_gets_answers()
    {
        var target = new FakeTarget(_time, (_, _) => 0.001)
        {
            Fails = number => number % 4 is 2 or 3 ? Error(StatusCode.ResourceExhausted, "TENANT_QUEUE_FULL") : null,
        };
        var result = Run(target, s_open with { Tenants = 4 });
        Assert.Equal(["load-0", "load-1", "load-2", "load-3", "load-0"], target.Sent.Take(5).Select(call => call.Tenant));
        Assert.Equal([25L, 25, 0, 0], result.Tenants.Select(tenant => tenant.Latency.Count));
        Assert.Equal(0.5, result.Fairness!.Value, 1e-9);
        Assert.Equal(1, Run(new FakeTarget(_time, (_, _) => 0.001), s_open with { Tenants = 4 }).Fairness);
        Assert.Null(Run(new FakeTarget(_time, (_, _) => 0.001), s_open).Fairness);
    }

    [Theory]
    [InlineData(1, new double[] { 5, 5, 5, 5 })]
    [InlineData(0.25, new double[] { 1, 0, 0, 0 })]
    [InlineData(0.9, new double[] { 1, 2 })]
    [InlineData(1, new double[] { 0, 0 })]
    public void Jains_index_is_one_for_equal_shares_and_a_share_for_a_single_winner(double index, double[] shares) =>
        Assert.Equal(index, LoadResult.JainsIndex(shares), 1e-9);

    [Fact]
    public void The_second_half_shows_who_falls_behind()
    {
        var behind = Run(new FakeTarget(_time, (_, _) => 0.2), s_open);
        Assert.Equal(50, behind.SecondHalf.Due);
        Assert.InRange(behind.SecondHalf.Done, 24, 26);
        var along = Run(new FakeTarget(_time, (_, _) => 0.05), s_open);
        Assert.Equal((50, 50), (along.SecondHalf.Due, along.SecondHalf.Done));
        Assert.Equal(100, along.Slices.Sum(slice => slice.Done));
    }

    [Fact]
    public async Task A_run_that_is_cancelled_ends_and_counts_no_failures()
    {
        using var cancel = new CancellationTokenSource();
        var target = new FakeTarget(_time, (number, _) =>
        {
            if (number == 3)
                cancel.Cancel();
            return 0.01;
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Task.FromResult(_time.Run(() => new LoadRun(target, _time).RunAsync(s_open, cancel.Token))));
        Assert.Equal(4, target.Sent.Count);
    }

    [Fact]
    public void Histograms_add_up()
    {
        var (all, other) = (new LatencyHistogram(), new LatencyHistogram());
        for (var i = 1; i <= 100; i++)
            (i <= 50 ? all : other).Record(TimeSpan.FromMilliseconds(i));
        all.Add(other);
        var summary = all.Summarize();
        Assert.Equal(100, summary.Count);
        Assert.Equal((0.050, 0.090, 0.099), (Math.Round(summary.P50, 4), Math.Round(summary.P90, 3), Math.Round(summary.P99, 3)));
        Assert.Equal(new Percentiles(0, 0, 0, 0, 0, 0, 0), new LatencyHistogram().Summarize());
    }

    private LoadResult Run(FakeTarget target, LoadPlan plan) =>
        _time.Run(() => new LoadRun(target, _time).RunAsync(plan, CancellationToken.None));

    private static RpcException Error(StatusCode code, string reason)
    {
        var status = new Google.Rpc.Status { Code = (int)code, Details = { Any.Pack(new ErrorInfo { Reason = reason }) } };
        return status.ToRpcException();
    }
}
