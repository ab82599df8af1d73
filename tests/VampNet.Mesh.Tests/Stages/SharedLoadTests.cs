using Microsoft.Extensions.Logging.Abstractions;
using VampNet.Core;
using VampNet.Gateway.Replicas;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Generator.V1;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>Two gateways and two replicas of a stage: neither gateway knows of the other, both hear what the replicas have to do.</summary>
public sealed class SharedLoadTests : IAsyncLifetime, IDisposable
{
    private const int Patience = 60_000; // in ms

    private static readonly HashSet<Replica> None = [];

    private readonly ManualTime _time = new();
    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _watches = [];
    private StageHost[] _stages = null!;
    private ReplicaSet[] _gateways = null!;

    /// <summary>Of the first stage.</summary>
    private HeldGenerator Generator { get; } = new();

    public async Task InitializeAsync()
    {
        _stages = [await StageHost.CoarseAsync(Generator, _time), await StageHost.CoarseAsync(new HeldGenerator(), _time)];
        _gateways = [Gateway(), Gateway()];
    }

    public async Task DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_watches);
        foreach (var gateway in _gateways)
            gateway.Dispose();
        foreach (var stage in _stages)
            await stage.DisposeAsync();
    }

    public void Dispose() => _end.Dispose();

    [Fact(Timeout = Patience)]
    public async Task A_gateway_keeps_away_from_the_replica_that_another_one_keeps_busy()
    {
        var (busy, free) = (Replica(_gateways[1], 0), Replica(_gateways[1], 1));
        using var call = new CoarseGeneratorService.CoarseGeneratorServiceClient(Replica(_gateways[0], 0).Channel)
            .Generate(Calls.Generation(steps: 40, frames: 60));
        await Generator.Started.WaitAsync();
        await UntilAsync(() => busy.Pending == 40);
        for (var i = 0; i < 10; i++)
            Assert.Same(free, _gateways[1].Take(None, 2)!.Replica); // 2, 4 … 20
        Assert.Equal((40, 20), (busy.Pending, free.Pending));

        // Its own steps are its own, whoever else counts them.
        using var own = _gateways[1].Take(None, 7);
        await AdvanceAsync();
        Assert.Equal((40, 27), (busy.Pending, free.Pending));

        // Steps that end are no load any more.
        Generator.Permits.Release(39);
        for (var step = 1; step < 40; step++)
            await Generator.Started.WaitAsync();
        await UntilAsync(() => busy.Pending == 1);
        Assert.Same(busy, _gateways[1].Take(None, 1)!.Replica);
    }

    [Fact(Timeout = Patience)]
    public async Task A_replica_that_reports_no_more_is_judged_by_ones_own_calls()
    {
        var busy = Replica(_gateways[1], 0);
        using var call = new CoarseGeneratorService.CoarseGeneratorServiceClient(Replica(_gateways[0], 0).Channel)
            .Generate(Calls.Generation(steps: 40, frames: 60));
        await Generator.Started.WaitAsync();
        await UntilAsync(() => busy.Pending == 40);
        using var own = busy.Begin(3);
        Assert.Equal(43, busy.Pending);
        await _end.CancelAsync();
        await Task.WhenAll(_watches);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(3, busy.Pending);
    }

    private ReplicaSet Gateway()
    {
        // Time runs ahead of reports that are on their way: that is no silence.
        var options = new ReplicaOptions { SuspectAfterSeconds = 3600, AbandonAfterSeconds = 3600 };
        var set = new ReplicaSet("coarse", options, new Random(1), _time, NullLoggerFactory.Instance);
        foreach (var replica in set.Update(_stages.Select(stage => stage.Address)))
        {
            replica.State = ReplicaState.Serving;
            _watches.Add(
                new ReplicaWatch(set, StageInfo.Coarse.Service, replica, () => { }, _time, NullLogger.Instance).RunAsync(_end.Token));
        }
        return set;
    }

    private Replica Replica(ReplicaSet gateway, int stage) => gateway.Replicas.Single(replica => replica.Address == _stages[stage].Address);

    /// <summary>Time passes until reports have come that make it so.</summary>
    private async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
            await AdvanceAsync();
    }

    private async Task AdvanceAsync()
    {
        _time.Advance(ReplicaWatch.ReportInterval / 2);
        await Task.Yield();
    }
}
