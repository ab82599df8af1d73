using VampNet.Load.Reports;
using VampNet.Simulation.Costs;
using VampNet.Simulation.Engine;
using VampNet.Simulation.Mesh;
using static VampNet.Simulation.Scenarios.Section;

namespace VampNet.Simulation.Scenarios;

/// <summary>Steady load, from little to too much, on meshes of several sizes: where the knee is.</summary>
internal static class Steady
{
    private const double Seconds = 900, WarmUp = 150;

    private static readonly double[] s_loads = [0.3, 0.5, 0.7, 0.8, 0.9, 1, 1.2];

    private static readonly int[] s_sizes = [1, 4, 8];

    public static Section Run(CostCurves costs)
    {
        var results = s_sizes.Select(size => s_loads.Select(load => (Load: load, Outcomes: Measure(costs, size, load))).ToList()).ToList();
        var rows = s_sizes.Zip(results).SelectMany(pair => pair.Second.Select(result => new[]
        {
            $"{pair.First}", Number(result.Load, "0.0"), Number(result.Outcomes.Count / (Seconds - WarmUp)),
            Number(result.Outcomes.Quantile(0.5)), Number(result.Outcomes.Quantile(0.9)), Number(result.Outcomes.Quantile(0.99)),
            Number(100.0 * result.Outcomes.Count(outcome => outcome.Ending != Ending.Answered) / result.Outcomes.Count, "0.0"),
        }));
        return new Section(Markdown(["units", "load:", "requests/s:", "p50 s:", "p90 s:", "p99 s:", "not answered %:"], rows),
            Plot.Page([
                Of("p50", 0, 0.5), Of("p90", PlotWidth, 0.9),
                new Plot("answered", "offered load", "share of requests", false, 2 * PlotWidth, Curves(
                    outcomes => (double)outcomes.Count(Ending.Answered) / outcomes.Count)),
            ]));

        Plot Of(string title, double left, double share) =>
            new(title, "offered load (1 = what the slowest stage can do alone)", "seconds", true, left, Curves(
                outcomes => outcomes.Quantile(share)));

        List<Curve> Curves(Func<IReadOnlyList<Outcome>, double> figure) =>
            [.. s_sizes.Zip(results).Select(pair => Curve(
                $"{pair.First} unit{(pair.First == 1 ? "" : "s")}", pair.Second.Select(result => (result.Load, figure(result.Outcomes)))))];
    }

    private static IReadOnlyList<Outcome> Measure(CostCurves costs, int size, double load)
    {
        var unit = Unit.Of(costs);
        var findings = new Experiment(costs, unit.Mesh(size), Patience: 60)
            .Run(ArrivalRate.Constant(load * size * unit.Rate), Seconds);
        return findings.Between(WarmUp, Seconds);
    }
}

/// <summary>The smallest mesh whose stages are about equally busy: it grows by multiples of it.</summary>
/// <param name="Rate">requests a second that its slowest stage can do, in batches of one</param>
internal sealed record Unit(int Codec, int Coarse, int Fine, double Rate)
{
    private const int Most = 2; // replicas of a stage

    public static Unit Of(CostCurves costs)
    {
        var (codec, coarse, fine) = (
            Experiment.Demand(costs, "codec"), Experiment.Demand(costs, "coarse"), Experiment.Demand(costs, "fine"));
        return (from x in Enumerable.Range(1, Most)
                from y in Enumerable.Range(1, Most)
                from z in Enumerable.Range(1, Most)
                let rate = Math.Min(x / codec, Math.Min(y / coarse, z / fine))
                // Most work of a replica; of equals the smallest.
                orderby Math.Round(rate / (x + y + z), 4) descending, x + y + z
                select new Unit(x, y, z, rate)).First();
    }

    public MeshSettings Mesh(int times) => new(times * Codec, times * Coarse, times * Fine) { Gateways = Math.Max(2, times / 2) };
}
