using VampNet.Simulation.Costs;
using VampNet.Simulation.Engine;
using VampNet.Simulation.Mesh;

namespace VampNet.Simulation.Scenarios;

/// <summary>What an experiment found.</summary>
/// <param name="StageCalls">of gateways, repetitions among them</param>
/// <param name="Seconds">until the last request had ended</param>
internal sealed record Findings(IReadOnlyList<Outcome> Outcomes, IReadOnlyList<StageUse> Stages, int StageCalls, double Seconds)
{
    /// <summary>Those that came at these seconds.</summary>
    public IReadOnlyList<Outcome> Between(double from, double to) =>
        [.. Outcomes.Where(outcome => outcome.Arrival >= from && outcome.Arrival < to)];

    /// <summary>Every request as one line: two runs of one seed give the same lines.</summary>
    public IEnumerable<string> Lines => Outcomes.Select(
        outcome => FormattableString.Invariant($"{outcome.Arrival:0.######},{outcome.Music},{outcome.Latency:0.######},{outcome.Ending}"));
}

/// <param name="Utilization">share of the replicas' time in which they computed</param>
internal sealed record StageUse(string Stage, double ReplicaSeconds, double Utilization);

/// <summary>One simulation: a mesh, its users, and what happens to both.</summary>
/// <param name="Patience">of the users, in seconds</param>
internal sealed record Experiment(CostCurves Costs, MeshSettings Mesh, double Patience)
{
    /// <summary>Lengths of music that are asked for, in seconds, each as often as the others.</summary>
    public static IReadOnlyList<double> Music { get; } = [5, 10, 15];

    /// <summary>Seconds of a device that a request of the mix takes at each stage, by itself.</summary>
    public static double Demand(CostCurves costs, string stage) => Music.Average(seconds => Vamp.Demand(costs, stage, seconds));

    /// <param name="rate">of arrivals</param>
    /// <param name="seconds">in which requests come</param>
    /// <param name="script">what else happens, set up before the first request</param>
    public Findings Run(ArrivalRate rate, double seconds, Action<SimulatedMesh, VirtualTime>? script = null) =>
        Run(Arrivals(rate, seconds), script);

    /// <summary>Requests of the mix: seconds at which they come, and seconds of music.</summary>
    public IReadOnlyList<(double At, double Music)> Arrivals(ArrivalRate rate, double seconds)
    {
        var random = new Random(Mesh.Seed);
        return [.. rate.Draw(random, seconds).Select(at => (at, Music[random.Next(Music.Count)]))];
    }

    /// <param name="arrivals">seconds, and seconds of music</param>
    public Findings Run(IReadOnlyList<(double At, double Music)> arrivals, Action<SimulatedMesh, VirtualTime>? script = null)
    {
        Findings? findings = null;
        VirtualTime.Run(async time =>
        {
            using var mesh = new SimulatedMesh(Mesh, Costs, time);
            var users = new Users(mesh, time, new Random(Mesh.Seed + 1), Patience);
            script?.Invoke(mesh, time);
            await users.SendAsync(arrivals);
            findings = new Findings(
                users.Outcomes, [.. mesh.Stages.Select(stage => new StageUse(stage.Name, stage.ReplicaSeconds, stage.Utilization))],
                mesh.Gateways.Sum(gateway => gateway.StageCalls), time.Now);
        });
        return findings!;
    }
}
