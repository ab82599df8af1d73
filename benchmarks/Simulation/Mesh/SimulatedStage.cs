using VampNet.Services.Inference.Scheduling;
using VampNet.Simulation.Costs;
using VampNet.Simulation.Engine;

namespace VampNet.Simulation.Mesh;

/// <summary>All replicas of a stage, those that come and go among them, and what a cluster's names say of them.</summary>
/// <param name="processor">that all replicas share; null = each has its own</param>
internal sealed class SimulatedStage(
    string name, CostCurves costs, SchedulingOptions scheduling, VirtualTime time, Random random, SimulatedProcessor? processor = null)
    : IDisposable
{
    // How long a name goes on naming a process that has ended, and a machine that is silent.
    private const double NameLag = 5, SilenceLag = 40, DrainSeconds = 25;

    private readonly SimulatedModel _model = new(costs, time);
    private readonly List<SimulatedReplica> _all = [];
    private readonly Dictionary<Uri, SimulatedReplica> _byAddress = new(ReferenceEqualityComparer.Instance);
    private readonly List<SimulatedDevice> _devices = [];
    private int _started;

    public string Name => name;

    /// <summary>Those that run, ready or not.</summary>
    public IEnumerable<SimulatedReplica> Running => _all.Where(replica => replica.Fate == ReplicaFate.Runs);

    public int Serving => _all.Count(replica => replica.Serves);

    /// <summary>What the stage's name stands for now.</summary>
    public IEnumerable<SimulatedReplica> Named => _all.Where(replica => replica.IsReady && time.Now < replica.EndedAt + Lag(replica));

    /// <summary>Seconds that replicas ran, added up.</summary>
    public double ReplicaSeconds => _all.Sum(replica => Math.Min(time.Now, replica.EndedAt) - replica.StartedAt);

    /// <summary>Share of the time of its replicas in which their devices computed.</summary>
    public double Utilization => _devices.Sum(device => device.Busy) / ReplicaSeconds;

    /// <param name="address">the very one that a replica has</param>
    public SimulatedReplica Of(Uri address) => _byAddress[address];

    /// <param name="delay">seconds until it is ready</param>
    public SimulatedReplica Start(double delay)
    {
        var device = new SimulatedDevice(time, processor);
        var replica = new SimulatedReplica(name, _started++, device, _model, scheduling, time, random);
        _devices.Add(device);
        _all.Add(replica);
        _byAddress[replica.Address] = replica;
        if (delay == 0)
            replica.IsReady = true;
        else
            time.After(TimeSpan.FromSeconds(delay), () => replica.IsReady = true);
        return replica;
    }

    /// <summary>The youngest drain, and are gone after that.</summary>
    public void Stop(int count)
    {
        var youngest = Running.OrderBy(replica => replica.IsReady).ThenByDescending(replica => replica.Number).Take(count).ToList();
        foreach (var replica in youngest)
            _ = DrainAsync(replica);
    }

    public void Dispose() => _all.ForEach(replica => replica.Dispose());

    private async Task DrainAsync(SimulatedReplica replica)
    {
        replica.End(ReplicaFate.Drains);
        for (var waited = 0.0; replica.Calls > 0 && waited < DrainSeconds; waited += 1)
            await time.Delay(1);
        replica.End(ReplicaFate.Gone);
    }

    private static double Lag(SimulatedReplica replica) => replica.Fate == ReplicaFate.Silent ? SilenceLag : NameLag;
}
