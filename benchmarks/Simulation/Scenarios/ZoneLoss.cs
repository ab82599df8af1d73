using VampNet.Load.Reports;
using VampNet.Simulation.Costs;
using VampNet.Simulation.Engine;
using VampNet.Simulation.Mesh;
using static VampNet.Simulation.Scenarios.Section;

namespace VampNet.Simulation.Scenarios;

/// <summary>Half of all replicas is lost at once: what is lost with them, and for how long everything takes longer.</summary>
internal static class ZoneLoss
{
    private const double At = 600, End = 1500, Stretch = 20;
    private const int Units = 4;

    private static readonly (string Name, double Load, ReplicaFate Fate, double? ReplacedAfter)[] s_cases =
    [
        ("connections break", 0.4, ReplicaFate.Gone, null),
        ("silence", 0.4, ReplicaFate.Silent, null),
        ("connections break", 0.7, ReplicaFate.Gone, null),
        ("silence", 0.7, ReplicaFate.Silent, null),
        // 40 s until the cluster believes it, the pods' toleration of a node that is not ready, 30 s to start.
        ("silence, toleration of 30 s", 0.7, ReplicaFate.Silent, 40 + 30 + 30),
        ("silence, toleration of 300 s", 0.7, ReplicaFate.Silent, 40 + 300 + 30),
    ];

    public static Section Run(CostCurves costs)
    {
        var unit = Unit.Of(costs);
        var results = s_cases.Select(one => (Case: one, Findings: Measure(costs, unit, one))).ToList();
        var rows = results.Select(result =>
        {
            var (before, first, after) = (
                result.Findings.Between(300, At - 60), result.Findings.Between(At - 60, At + 60), result.Findings.Between(At, End));
            return (IReadOnlyList<string>)
            [
                result.Case.Name, Number(result.Case.Load, "0.0"), $"{first.Count}", $"{first.Count(Ending.Failed)}",
                $"{first.Count(Ending.Late) + first.Count(Ending.Refused)}", Number(before.Quantile(0.9)), Number(first.Quantile(0.9)),
                Number(first.Quantile(1)),
                Number(100.0 * after.Count(outcome => outcome.Ending != Ending.Answered) / after.Count, "0.0"),
                Number(result.Findings.Between(End - 300, End).Quantile(0.9)),
                result.Case.ReplacedAfter is null ? "–" : Recovered(result.Findings, before.Quantile(0.9)),
            ];
        });
        return new Section(Markdown(
                [
                    "half of all replicas", "load:", "requests within a minute of it:", "failed:", "late or refused:", "p90 before s:",
                    "p90 within a minute s:", "slowest s:", "not answered later %:", "p90 of the last 5 minutes s:",
                    "as before after s:",
                ], rows),
            Plot.Page([
                .. s_cases.Select(one => one.Load).Distinct().Select((load, i) => new Plot(
                    $"p90 by arrival, load {load} of both halves", "seconds; the loss at 600", "seconds", true, i * PlotWidth, [
                        .. results.Where(result => result.Case.Load == load).Select(result => OverTime(
                            result.Case.Name, result.Findings, Stretch, End, outcomes => outcomes.Quantile(0.9)))])),
            ]));
    }

    /// <summary>Every second replica of each stage is lost.</summary>
    public static void Lose(SimulatedMesh mesh, ReplicaFate fate)
    {
        foreach (var replica in mesh.Stages.SelectMany(stage => stage.Running.Where(replica => replica.Number % 2 == 1)).ToList())
            replica.End(fate);
    }

    private static Findings Measure(
        CostCurves costs, Unit unit, (string Name, double Load, ReplicaFate Fate, double? ReplacedAfter) one) =>
        new Experiment(costs, unit.Mesh(Units), Patience: 60).Run(
            ArrivalRate.Constant(one.Load * Units * unit.Rate), End, (mesh, time) => time.After(TimeSpan.FromSeconds(At), () =>
            {
                var before = mesh.Stages.ToDictionary(stage => stage, stage => stage.Serving);
                Lose(mesh, one.Fate);
                if (one.ReplacedAfter is not { } delay)
                    return;
                foreach (var stage in mesh.Stages)
                {
                    for (var i = stage.Serving; i < before[stage]; i++)
                        stage.Start(delay);
                }
            }));

    /// <summary>From when on 90 % of the requests of every stretch were answered, at most half as late again as before.</summary>
    private static string Recovered(Findings findings, double usual)
    {
        var last = Enumerable.Range(0, (int)((End - At) / Stretch)).LastOrDefault(i =>
        {
            var stretch = findings.Between(At + (i * Stretch), At + ((i + 1) * Stretch));
            return stretch.Count(Ending.Answered) < 0.9 * stretch.Count || stretch.Quantile(0.9) > 1.5 * usual;
        }, -1);
        return last + 1 >= (int)((End - At) / Stretch) ? "never" : Number((last + 1) * Stretch, "0");
    }
}
