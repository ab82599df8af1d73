using VampNet.Load.Reports;
using VampNet.Simulation.Costs;
using VampNet.Simulation.Engine;
using VampNet.Simulation.Mesh;
using static System.FormattableString;
using static VampNet.Simulation.Scenarios.Section;

namespace VampNet.Simulation.Scenarios;

/// <summary>A day in an hour, with a burst, under an autoscaler: which metric and which target are worth what.</summary>
internal static class Autoscaling
{
    private const double Day = 3600, BurstFrom = 600, BurstTo = 780, Stretch = 60, Shown = 1;

    private static readonly ScalingSettings[] s_settings =
    [
        .. new[] { 0.25, 0.5, 1.0 }.Select(target => new ScalingSettings(CountsActive: false, target, StartSeconds: 30)),
        .. new[] { 0.7, 1.0, 1.5, 2.0 }.Select(target => new ScalingSettings(CountsActive: true, target, StartSeconds: 30)),
        new ScalingSettings(true, Shown, 30) { GrowthShare = 0.5, GrowthPods = 2, GrowthSeconds = 60 },
        new ScalingSettings(true, Shown, 120),
    ];

    public static Section Run(CostCurves costs)
    {
        var unit = Unit.Of(costs);
        // At night a quarter of a unit's work, by day five times a unit's; the burst comes early, when there are few replicas.
        var rate = ArrivalRate.Daily(0.25 * unit.Rate, 5 * unit.Rate, Day).WithBurst(BurstFrom, BurstTo, 4 * unit.Rate);
        var most = new Experiment(costs, unit.Mesh(8), Patience: 60).Run(rate, Day);
        var rows = new List<IReadOnlyList<string>> { Row("none: 8 units", "–", "–", "–", most) };
        List<Curve> replicas = [], latencies = [];
        foreach (var scaling in s_settings)
        {
            var (findings, series) = Scaled(costs, unit, rate, scaling);
            rows.Add(Row(
                scaling.CountsActive ? "waiting + active" : "waiting", Number(scaling.Target), Number(scaling.StartSeconds, "0"),
                Invariant($"{100 * scaling.GrowthShare}% or {scaling.GrowthPods} in {scaling.GrowthSeconds} s"), findings));
            if (scaling is not { StartSeconds: 30, GrowthSeconds: 15, Target: Shown })
                continue;
            var name = $"{(scaling.CountsActive ? "waiting + active" : "waiting")}, target {Shown}";
            replicas.Add(Curve(name, series));
            latencies.Add(OverTime(name, findings, Stretch, Day, outcomes => outcomes.Quantile(0.9)));
        }
        replicas.Add(Curve("needed at least", Enumerable.Range(1, (int)(Day / Stretch)).Select(
            i => (i * Stretch, rate.Of(i * Stretch) / unit.Rate * (unit.Codec + unit.Coarse + unit.Fine)))));
        return new Section(Markdown(
                [
                    "metric", "target:", "ready after s:", "growth", "p50 s:", "p90 s:", "p99 s:", "late or refused %:", "replica-hours:",
                    "of them computing %:",
                ], rows),
            Plot.Page([
                new Plot("replicas of all stages", "seconds", "replicas", false, 0, replicas),
                new Plot("p90", "seconds", "seconds", true, PlotWidth, latencies),
            ]));
    }

    private static (Findings Findings, List<(double, double)> Replicas) Scaled(
        CostCurves costs, Unit unit, ArrivalRate rate, ScalingSettings scaling)
    {
        var series = new List<(double, double)>();
        var findings = new Experiment(costs, unit.Mesh(1) with { Gateways = 4 }, Patience: 60).Run(rate, Day, (mesh, time) =>
        {
            foreach (var stage in mesh.Stages)
                _ = new Autoscaler(stage, scaling, time);
            var stretch = TimeSpan.FromSeconds(Stretch);
            time.CreateTimer(_ => series.Add((time.Now, mesh.Stages.Sum(stage => stage.Serving))), null, stretch, stretch);
        });
        return (findings, series);
    }

    private static string[] Row(string metric, string target, string start, string growth, Findings findings)
    {
        var hours = findings.Stages.Sum(stage => stage.ReplicaSeconds) / 3600;
        return
        [
            metric, target, start, growth, Number(findings.Outcomes.Quantile(0.5)), Number(findings.Outcomes.Quantile(0.9)),
            Number(findings.Outcomes.Quantile(0.99)),
            Number(100.0 * findings.Outcomes.Count(outcome => outcome.Ending != Ending.Answered) / findings.Outcomes.Count, "0.0"),
            Number(hours, "0.0"),
            Number(findings.Stages.Sum(stage => stage.Utilization * stage.ReplicaSeconds) / 36 / hours, "0"),
        ];
    }
}
