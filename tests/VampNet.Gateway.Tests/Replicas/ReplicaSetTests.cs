using Microsoft.Extensions.Logging.Abstractions;
using VampNet.Gateway.Replicas;

namespace VampNet.Gateway.Tests.Replicas;

public sealed class ReplicaSetTests : IDisposable
{
    private static readonly HashSet<Replica> None = [];

    private readonly InstantTime _time = new();
    private readonly ReplicaSet _set;

    public ReplicaSetTests() => _set = new("coarse", new ReplicaOptions(), new Random(1), _time, NullLoggerFactory.Instance);

    public void Dispose() => _set.Dispose();

    [Fact]
    public void The_less_loaded_of_two_gets_the_call()
    {
        var (a, b) = Two();
        a.Begin(5);
        b.Begin(3);
        Assert.Same(b, _set.Take(None, 4)!.Replica); // 5, 7
        Assert.Same(a, _set.Take(None, 4)!.Replica); // 9, 7
        Assert.Same(b, _set.Take(None, 1)!.Replica);
    }

    [Fact]
    public void Steps_that_are_done_and_calls_that_end_are_no_load()
    {
        var (a, _) = Two();
        var work = a.Begin(3);
        work.Step();
        Assert.Equal(2, a.Pending);
        for (var i = 0; i < 5; i++)
            work.Step(); // more than were announced
        Assert.Equal(0, a.Pending);
        work.Dispose();
        a.Begin(7).Dispose();
        Assert.Equal(0, a.Pending);
    }

    [Fact]
    public void What_others_wait_for_counts_once_and_what_is_ones_own_is_not_theirs()
    {
        var (a, b) = Two();
        var work = a.Begin(10);
        a.Report(12);
        Assert.Equal(12, a.Pending);
        work.Step();
        Assert.Equal(11, a.Pending);
        b.Begin(11).Step();
        b.Report(3); // from before its call was there
        Assert.Equal(10, b.Pending);
        Assert.Same(b, _set.Take(None, 1)!.Replica);
    }

    [Fact]
    public void Reports_are_forgotten_when_no_more_come()
    {
        var (a, b) = Two();
        a.Report(100);
        b.Begin(50);
        Assert.Same(b, _set.Take(None, 1)!.Replica);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, a.Pending);
        Assert.Same(a, _set.Take(None, 1)!.Replica);
    }

    [Fact]
    public void One_that_drains_is_asked_where_no_other_serves_and_one_that_says_no_is_not()
    {
        var (a, b) = Two();
        (a.State, a.IsDraining) = (ReplicaState.NotServing, true);
        Assert.Equal((ReplicaState.Draining, true), (a.State, a.MayServe));
        for (var i = 0; i < 10; i++)
            Assert.Same(b, _set.Take(None, 1)!.Replica);
        b.State = ReplicaState.NotServing;
        Assert.Same(a, _set.Take(None, 1)!.Replica);
        a.IsDraining = false;
        Assert.Null(_set.Take(None, 1));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(-5)]
    public void Nonsense_is_no_load(double steps)
    {
        var (a, _) = Two();
        a.Begin(1);
        a.Report(steps);
        Assert.Equal(1, a.Pending);
    }

    [Fact]
    public void Many_calls_spread_evenly_over_many_replicas()
    {
        foreach (var replica in _set.Update(Enumerable.Range(1, 10).Select(i => new Uri($"http://r{i}"))))
            replica.State = ReplicaState.Serving;
        for (var i = 0; i < 1_000; i++)
            _set.Take(None, 1);
        // One choice at random would leave them further apart: its standard deviation is 9.5.
        Assert.All(_set.Replicas, replica => Assert.InRange(replica.Pending, 95, 105));
    }

    [Fact]
    public void A_replica_that_says_no_is_never_asked()
    {
        var (a, b) = Two();
        a.State = ReplicaState.NotServing;
        b.Begin(1_000);
        Assert.Same(b, _set.Take(None, 1)!.Replica);
        Assert.Same(b, _set.Take(new HashSet<Replica> { b }, 1)!.Replica);
        b.State = ReplicaState.NotServing;
        Assert.Null(_set.Take(None, 1));
    }

    [Fact]
    public void Those_that_serve_come_before_those_of_which_nothing_is_known()
    {
        var (a, b) = Two();
        a.State = ReplicaState.Unknown;
        b.Begin(1_000);
        Assert.Same(b, _set.Take(None, 1)!.Replica);
        Assert.Same(a, _set.Take(new HashSet<Replica> { b }, 1)!.Replica);
    }

    [Fact]
    public void A_replica_that_is_gone_gets_nothing_new_and_ends_what_it_has()
    {
        var (a, b) = Two();
        var work = a.Begin(1);
        Assert.Single(_set.Update([b.Address, new Uri("http://c")]));
        Assert.False(a.Closed.IsCancellationRequested);
        Assert.DoesNotContain(a, _set.Replicas);
        _ = a.Channel.CreateCallInvoker(); // would throw, were the channel closed
        work.Dispose();
        Assert.Throws<ObjectDisposedException>(a.Channel.CreateCallInvoker);
    }

    private (Replica A, Replica B) Two()
    {
        _set.Update([new Uri("http://a"), new Uri("http://b")]);
        foreach (var replica in _set.Replicas)
            replica.State = ReplicaState.Serving;
        return (_set.Replicas.Single(r => r.Address.Host == "a"), _set.Replicas.Single(r => r.Address.Host == "b"));
    }
}
