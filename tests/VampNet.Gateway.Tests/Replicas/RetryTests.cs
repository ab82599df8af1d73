using System.Diagnostics.Metrics;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using VampNet.Gateway.Replicas;
using VampNet.Gateway.Telemetry;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.Tests.Replicas;

public sealed class RetryTests : IDisposable
{
    private readonly InstantTime _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly GatewayMetrics _metrics;
    private readonly ReplicaSet _set;

    public RetryTests()
    {
        _metrics = new GatewayMetrics(_services.GetRequiredService<IMeterFactory>());
        _set = new ReplicaSet("coarse", new ReplicaOptions(), new Random(1), _time, NullLoggerFactory.Instance);
        _set.Update([new Uri("http://a"), new Uri("http://b")]);
        foreach (var replica in _set.Replicas)
            replica.State = ReplicaState.Serving;
    }

    public void Dispose()
    {
        _set.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task A_call_that_fails_is_repeated_on_the_other_replica_at_once()
    {
        var asked = new List<Replica>();
        var answer = await Retries().RunAsync(_set, new RetryBudget(10), 1, (work, _) =>
        {
            asked.Add(work.Replica);
            return asked.Count == 1 ? throw Error(StatusCode.Unavailable) : Task.FromResult(42);
        }, CancellationToken.None);
        Assert.Equal((42, 2, TimeSpan.Zero), (answer, asked.Distinct().Count(), _time.Elapsed));
        Assert.All(_set.Replicas, replica => Assert.Equal(0, replica.Pending));
    }

    [Fact]
    public async Task When_all_are_gone_the_call_ends_with_unavailable_in_bounded_time()
    {
        var (calls, error) = await FailAsync(Retries(), new RetryBudget(100), StatusCode.Unavailable);
        Assert.Equal((6, StatusCode.Unavailable), (calls, error.StatusCode));
        Assert.InRange(_time.Elapsed, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task When_all_say_no_none_is_asked_and_the_call_ends_when_it_has_waited()
    {
        foreach (var replica in _set.Replicas)
            replica.State = ReplicaState.NotServing;
        var (calls, error) = await FailAsync(Retries(), new RetryBudget(100), StatusCode.Unavailable);
        Assert.Equal((0, StatusCode.Unavailable, "NO_REPLICA"), (calls, error.StatusCode, error.Reason()));
        Assert.Equal(new ReplicaOptions().WaitSeconds, _time.Elapsed.TotalSeconds, 0.1);
    }

    [Theory]
    [InlineData(StatusCode.InvalidArgument)]
    [InlineData(StatusCode.ResourceExhausted)]
    [InlineData(StatusCode.DeadlineExceeded)]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.Cancelled)]
    public async Task What_another_replica_would_say_too_is_not_repeated(StatusCode code) =>
        Assert.Equal(1, (await FailAsync(Retries(), new RetryBudget(100), code)).Calls);

    [Fact]
    public async Task A_replica_with_other_weights_is_left_for_another_one_and_that_costs_nothing()
    {
        var changed = RpcErrors.Refuse(StatusCode.Aborted, "other weights", "WEIGHTS_CHANGED");
        for (var i = 0; i < 20; i++)
        {
            var calls = 0;
            Assert.Equal(42, await Retries().RunAsync(
                _set, new RetryBudget(0), 1, (_, _) => ++calls == 1 ? throw changed : Task.FromResult(42), CancellationToken.None));
        }
        Assert.All(_set.Replicas, replica => Assert.True(replica.IsTrusted));
        var (asked, error) = await FailAsync(Retries(), new RetryBudget(10), changed);
        Assert.Equal((2, StatusCode.Aborted), (asked, error.StatusCode));
    }

    [Fact]
    public async Task A_connection_that_breaks_is_repeated_whatever_its_code()
    {
        var error = new RpcException(new Status(StatusCode.Internal, "broken", new HttpRequestException()));
        Assert.Equal(6, (await FailAsync(Retries(), new RetryBudget(100), error)).Calls);
    }

    [Fact]
    public async Task A_request_repeats_no_more_than_its_budget_over_all_its_calls()
    {
        var budget = new RetryBudget(7);
        var retries = Retries();
        Assert.Equal(6, (await FailAsync(retries, budget, StatusCode.Unavailable)).Calls);
        await RestAsync(retries);
        Assert.Equal(3, (await FailAsync(retries, budget, StatusCode.Unavailable)).Calls);
        await RestAsync(retries);
        Assert.Equal(1, (await FailAsync(retries, budget, StatusCode.Unavailable)).Calls);
    }

    [Fact]
    public async Task Many_failures_of_all_requests_end_all_retries_until_calls_succeed_again()
    {
        var retries = Retries(tokens: 4);
        Assert.Equal(2, (await FailAsync(retries, new RetryBudget(100), StatusCode.Unavailable)).Calls); // 4 → 3 → 2: half
        Assert.Equal(1, (await FailAsync(retries, new RetryBudget(100), StatusCode.Unavailable)).Calls);
        await RestAsync(retries, calls: 21); // 1 → 3.1
        Assert.Equal(2, (await FailAsync(retries, new RetryBudget(100), StatusCode.Unavailable)).Calls);
    }

    [Fact]
    public async Task A_request_that_is_called_off_repeats_nothing()
    {
        using var cancel = new CancellationTokenSource();
        var calls = 0;
        await Assert.ThrowsAnyAsync<Exception>(() => Retries().RunAsync<int>(_set, new RetryBudget(100), 1, async (_, _) =>
        {
            calls++;
            await cancel.CancelAsync();
            throw Error(StatusCode.Unavailable);
        }, cancel.Token));
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task A_replica_that_fails_too_often_gets_no_calls_until_one_on_trial_succeeds()
    {
        var bad = _set.Replicas[0];
        var asked = 0;
        var retries = Retries();
        for (var i = 0; i < 40; i++)
            Assert.Equal(1, await AskAsync());
        Assert.InRange(asked, 1, 6);
        Assert.False(bad.IsTrusted);

        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.True(bad.IsTrusted);
        bad = null;
        for (var i = 0; i < 20; i++)
            await AskAsync();
        Assert.True(_set.Replicas[0].IsTrusted);

        Task<int> AskAsync() => retries.RunAsync(_set, new RetryBudget(10), 1, (work, _) =>
        {
            if (work.Replica != bad)
                return Task.FromResult(1);
            asked++;
            throw Error(StatusCode.Unavailable);
        }, CancellationToken.None);
    }

    [Fact]
    public async Task A_full_replica_is_left_at_once_for_one_that_has_a_permit()
    {
        var asked = new List<Replica>();
        await Retries().RunAsync(_set, new RetryBudget(0), 1, (work, _) =>
        {
            asked.Add(work.Replica);
            return asked.Count == 1 ? throw Full(10) : Task.FromResult(1);
        }, CancellationToken.None);
        Assert.Equal((2, 2, TimeSpan.Zero), (asked.Count, asked.Distinct().Count(), _time.Elapsed));
    }

    [Fact]
    public async Task When_all_are_full_the_call_waits_as_long_as_the_first_of_them_says_and_spends_no_budget()
    {
        var asked = new List<Replica>();
        var retries = Retries();
        await retries.RunAsync(_set, new RetryBudget(0), 1, (work, _) =>
        {
            asked.Add(work.Replica);
            return asked.Count <= 100 ? throw Full(work.Replica == _set.Replicas[0] ? 2 : 8) : Task.FromResult(1);
        }, CancellationToken.None);
        // Two refusals a round: at least 2 s each, and at most half as long again.
        Assert.InRange(_time.Elapsed.TotalSeconds, 50 * 2, 50 * 3);
        Assert.All(asked.Chunk(2), round => Assert.Equal(round.Length, round.Distinct().Count()));
        Assert.All(_set.Replicas, replica => Assert.True(replica.IsTrusted));
        Assert.All(_set.Replicas, replica => Assert.Equal(0, replica.Pending));
        // Nor did the bucket of all requests lose a token: as many losses are repeated as ever.
        Assert.Equal(6, (await FailAsync(retries, new RetryBudget(100), StatusCode.Unavailable)).Calls);
    }

    [Fact]
    public async Task A_full_replica_is_waited_for_when_the_other_is_lost()
    {
        var asked = new List<Replica>();
        await Retries().RunAsync(_set, new RetryBudget(1), 1, (work, _) =>
        {
            asked.Add(work.Replica);
            return asked.Count > 20 ? Task.FromResult(1) : work.Replica == _set.Replicas[0]
                ? throw Full(1)
                : throw Error(StatusCode.Unavailable);
        }, CancellationToken.None);
        Assert.Equal(20, asked.Count(replica => replica == _set.Replicas[0]));
        Assert.InRange(_time.Elapsed.TotalSeconds, 19, 30);
    }

    [Fact]
    public async Task Waiting_ends_when_the_request_is_called_off()
    {
        using var cancel = new CancellationTokenSource();
        var calls = 0;
        await Assert.ThrowsAnyAsync<Exception>(() => Retries().RunAsync<int>(_set, new RetryBudget(100), 1, async (_, _) =>
        {
            if (++calls == 5)
                await cancel.CancelAsync();
            throw Full(1);
        }, cancel.Token));
        Assert.Equal(5, calls);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task What_does_not_give_both_reason_and_time_is_final(bool reason, bool time)
    {
        IMessage[] details = [
            .. reason ? [new Google.Rpc.ErrorInfo { Reason = "QUEUE_FULL", Domain = RpcErrors.Domain }] : Array.Empty<IMessage>(), .. time
            ? [new Google.Rpc.RetryInfo { RetryDelay = new Duration { Seconds = 1 } }]
            : Array.Empty<IMessage>()];
        Assert.Equal(
            1, (await FailAsync(
                Retries(), new RetryBudget(100), RpcErrors.Create(StatusCode.ResourceExhausted, "too large", details))).Calls);
    }

    [Theory]
    [InlineData(0, 0.01)]
    [InlineData(1e6, 30)]
    public async Task What_a_stage_asks_for_is_bounded(double asked, double waited)
    {
        var calls = 0;
        await Retries()
            .RunAsync(_set, new RetryBudget(0), 1, (_, _) => ++calls <= 2 ? throw Full(asked) : Task.FromResult(1), CancellationToken.None);
        Assert.InRange(_time.Elapsed.TotalSeconds, waited, 1.5 * waited);
    }

    [Fact]
    public async Task A_call_that_takes_long_is_made_on_the_other_replica_too_and_the_first_answer_counts()
    {
        var (asked, cancelled) = (new List<Replica>(), new TaskCompletionSource());
        var answer = await Retries(hedgeAfter: 2).RunAsync(_set, new RetryBudget(1), 1, async (work, stop) =>
        {
            asked.Add(work.Replica);
            if (asked.Count == 2)
                return 42;
            using var ended = stop.Register(cancelled.SetResult);
            await cancelled.Task;
            throw Error(StatusCode.Cancelled);
        }, CancellationToken.None);
        await cancelled.Task;
        Assert.Equal((42, 2, TimeSpan.FromSeconds(2)), (answer, asked.Distinct().Count(), _time.Elapsed));
    }

    [Fact]
    public async Task A_second_call_that_fails_does_not_win_against_the_first_that_still_runs()
    {
        var (calls, failed) = (0, new TaskCompletionSource());
        var answer = await Retries(hedgeAfter: 2).RunAsync(_set, new RetryBudget(1), 1, async (_, _) =>
        {
            if (Interlocked.Increment(ref calls) == 2)
            {
                failed.SetResult();
                throw Error(StatusCode.Unavailable);
            }
            await failed.Task;
            return 42;
        }, CancellationToken.None);
        Assert.Equal((42, 2), (answer, calls));
    }

    [Theory]
    [InlineData(null, 1)] // off
    [InlineData(2.0, 0)] // no budget
    public async Task Without_leave_no_call_is_made_twice(double? hedgeAfter, int budget)
    {
        var calls = 0;
        var answer = await Retries(hedgeAfter: hedgeAfter).RunAsync(_set, new RetryBudget(budget), 1, async (_, _) =>
        {
            calls++;
            await Task.Yield();
            return 42;
        }, CancellationToken.None);
        Assert.Equal((42, 1), (answer, calls));
    }

    [Fact]
    public async Task A_failure_is_repeated_and_not_hedged()
    {
        var (calls, error) = await FailAsync(Retries(hedgeAfter: 1000), new RetryBudget(2), StatusCode.Unavailable);
        Assert.Equal((3, StatusCode.Unavailable), (calls, error.StatusCode));
    }

    private RetryPipeline Retries(int tokens = 1_000, double? hedgeAfter = null) =>
        new(new RetryOptions
        {
            PerCall = 5,
            Tokens = tokens,
            HedgeAfterSeconds = hedgeAfter,
        }, new Random(1), _time, _metrics, NullLogger<RetryPipeline>.Instance);

    private Task<(int Calls, RpcException Error)> FailAsync(RetryPipeline retries, RetryBudget budget, StatusCode code) =>
        FailAsync(retries, budget, Error(code));

    private async Task<(int Calls, RpcException Error)> FailAsync(RetryPipeline retries, RetryBudget budget, RpcException error)
    {
        var calls = 0;
        var thrown = await Assert.ThrowsAsync<RpcException>(() => retries.RunAsync<int>(_set, budget, 1, (_, _) =>
        {
            calls++;
            throw error;
        }, CancellationToken.None));
        return (calls, thrown);
    }

    /// <summary>Calls that succeed, after the breakers have had their time.</summary>
    private async Task RestAsync(RetryPipeline retries, int calls = 50)
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < calls; i++)
            await retries.RunAsync(_set, new RetryBudget(0), 1, (_, _) => Task.FromResult(1), CancellationToken.None);
    }

    private static RpcException Full(double seconds) =>
        RpcErrors.Retry(StatusCode.ResourceExhausted, "full", "QUEUE_FULL", TimeSpan.FromSeconds(seconds));

    private static RpcException Error(StatusCode code) => new(new Status(code, "no"));
}
