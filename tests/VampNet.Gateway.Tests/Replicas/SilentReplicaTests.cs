using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using VampNet.Gateway.Replicas;
using VampNet.Gateway.Telemetry;

namespace VampNet.Gateway.Tests.Replicas;

/// <summary>Two replicas that serve, one of which takes connections and says nothing, as a process that is stopped.</summary>
public sealed class SilentReplicaTests : IDisposable
{
    private const int Patience = 30_000; // in ms

    private static readonly HashSet<Replica> None = [];

    private readonly ReplicaOptions _options = new();
    private readonly FakeTimeProvider _time = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ReplicaSet _set;
    private readonly Replica _silent;

    public SilentReplicaTests()
    {
        _listener.Start();
        _set = new ReplicaSet("coarse", _options, new Random(1), _time, NullLoggerFactory.Instance);
        _silent = _set.Update([new Uri($"http://{_listener.LocalEndpoint}")])[0];
        _silent.State = ReplicaState.Serving;
        _ = new ReplicaWatch(_set, "service", _silent, () => { }, _time, NullLogger.Instance).RunAsync(_end.Token);
    }

    public void Dispose()
    {
        _end.Cancel();
        _set.Dispose();
        _listener.Dispose();
        _services.Dispose();
        _end.Dispose();
    }

    [Fact(Timeout = Patience)]
    public async Task It_gets_no_new_calls_after_two_seconds_and_is_trusted_again_with_its_first_word()
    {
        var other = AddOther();
        other.Begin(1_000);
        Assert.Same(_silent, _set.Take(None, 1)!.Replica);
        await PassAsync(() => _silent.IsSuspect);
        Assert.InRange(_silent.Silence.TotalSeconds, 2, 2.5);
        Assert.Equal((ReplicaState.Unknown, true), (_silent.State, _silent.MayServe));
        for (var i = 0; i < 10; i++)
            Assert.Same(other, _set.Take(None, 1)!.Replica);
        // Not even where the call has tried the other.
        Assert.Same(other, _set.Take(new HashSet<Replica> { other }, 1)!.Replica);

        _silent.RecordHeartbeat();
        Assert.Equal(ReplicaState.Serving, _silent.State);
        Assert.Same(_silent, _set.Take(None, 1)!.Replica);
    }

    [Fact(Timeout = Patience)]
    public async Task Its_calls_are_made_on_another_replica_after_ten_seconds()
    {
        var call = CallAsync();
        var other = AddOther();
        await PassAsync(() => _silent.Silence >= TimeSpan.FromSeconds(9));
        Assert.False(call.IsCompleted);
        await PassAsync(() => _silent.IsHung);
        Assert.InRange(_silent.Silence.TotalSeconds, 10, 11);
        await PassAsync(() => call.IsCompleted);
        Assert.Same(other, await call);
        Assert.False(_silent.MayServe);
    }

    [Fact(Timeout = Patience)]
    public async Task Where_there_is_no_other_new_calls_go_there_and_wait_until_there_is()
    {
        var first = CallAsync();
        await PassAsync(() => _silent.Silence >= TimeSpan.FromSeconds(30));
        Assert.Same(_silent, _set.Take(None, 1)!.Replica);
        var second = CallAsync();
        await PassAsync(() => _silent.Silence >= TimeSpan.FromSeconds(60));
        Assert.False(first.IsCompleted || second.IsCompleted);
        var other = AddOther();
        await PassAsync(() => first.IsCompleted && second.IsCompleted);
        Assert.Equal([other, other], new[] { await first, await second });
    }

    [Fact(Timeout = Patience)]
    public async Task Calls_of_one_that_is_no_longer_of_its_stage_move_too()
    {
        var call = CallAsync();
        _set.Update([new Uri("http://b")]);
        _set.Replicas[0].State = ReplicaState.Serving;
        await PassAsync(() => call.IsCompleted);
        Assert.Same(_set.Replicas[0], await call);
        Assert.True(_silent.Closed.IsCancellationRequested);
    }

    [Fact(Timeout = Patience)]
    public async Task Time_in_which_the_gateway_itself_was_stopped_is_no_silence()
    {
        await PassAsync(() => _silent.Silence >= TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromMinutes(5));
        await Task.Yield();
        Assert.InRange(_silent.Silence.TotalSeconds, 1, 1.9);
        Assert.Equal(ReplicaState.Serving, _silent.State);
    }

    [Theory]
    [InlineData(0.5, 10)]
    [InlineData(5, 4)]
    [InlineData(2, 100_000)]
    public void Times_that_make_no_sense_are_refused(double suspect, double abandon) =>
        Assert.False(new ReplicaOptions { SuspectAfterSeconds = suspect, AbandonAfterSeconds = abandon }.IsValid);

    /// <summary>A call that the silent replica never answers; returns the replica that does.</summary>
    private Task<Replica> CallAsync()
    {
        var metrics = new GatewayMetrics(_services.GetRequiredService<IMeterFactory>());
        var retries = new RetryPipeline(new RetryOptions(), new Random(1), _time, metrics, NullLogger<RetryPipeline>.Instance);
        return retries.RunAsync(_set, new RetryBudget(10), 1, async (work, stop) =>
        {
            if (work.Replica == _silent)
                await Task.Delay(Timeout.Infinite, stop);
            return work.Replica;
        }, CancellationToken.None);
    }

    private Replica AddOther()
    {
        var other = _set.Update([_silent.Address, new Uri("http://b")])[0];
        other.State = ReplicaState.Serving;
        return other;
    }

    /// <summary>Time passes until this holds.</summary>
    private async Task PassAsync(Func<bool> holds)
    {
        while (!holds())
        {
            _time.Advance(ReplicaWatch.ReportInterval / 2);
            await Task.Yield();
        }
    }
}
