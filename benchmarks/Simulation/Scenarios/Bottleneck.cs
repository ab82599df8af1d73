using VampNet.Load.Reports;
using VampNet.Simulation.Costs;
using VampNet.Simulation.Engine;
using VampNet.Simulation.Mesh;
using static VampNet.Simulation.Scenarios.Section;

namespace VampNet.Simulation.Scenarios;

/// <summary>One replica more of the stage that is in the way, again and again: where the bottleneck goes.</summary>
internal static class Bottleneck
{
    private const double Seconds = 600, Offered = 1.5;
    private const int Rows = 8;

    public static Section Run(CostCurves costs)
    {
        var demand = SimulatedMesh.StageNames.ToDictionary(stage => stage, stage => Experiment.Demand(costs, stage));
        var counts = SimulatedMesh.StageNames.ToDictionary(stage => stage, _ => 1);
        List<IReadOnlyList<string>> rows = [];
        List<(double, double)> computed = [], simulated = [];
        for (var row = 0; row < Rows; row++)
        {
            var slowest = counts.Keys.MinBy(stage => counts[stage] / demand[stage])!;
            var most = counts[slowest] / demand[slowest];
            var settings = new MeshSettings(counts["codec"], counts["coarse"], counts["fine"]) { GatewayCalls = 100_000 };
            var found = new Experiment(costs, settings, Patience: 1e6).Run(ArrivalRate.Constant(Offered * most), Seconds);
            var throughput = found.Outcomes.Count / found.Seconds;
            rows.Add(
            [
                $"{counts["codec"]}, {counts["coarse"]}, {counts["fine"]}", slowest, Number(most), Number(throughput),
                .. found.Stages.Select(stage => Number(100 * stage.Utilization, "0")),
            ]);
            computed.Add((counts.Values.Sum(), most));
            simulated.Add((counts.Values.Sum(), throughput));
            counts[slowest]++;
        }
        return new Section(Markdown(
                [
                    "codec, coarse, fine", "slowest", "vamps/s, computed:", "vamps/s, simulated:", "codec computes %:",
                    "coarse computes %:", "fine computes %:",
                ], rows),
            Plot.Page([
                new Plot("most vamps a second", "replicas of all stages, each in its best place", "vamps a second", false, 0,
                    [Curve("computed, batches of one", computed), Curve("simulated", simulated)]),
            ]));
    }
}
