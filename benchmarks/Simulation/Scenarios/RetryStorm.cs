using VampNet.Gateway.Replicas;
using VampNet.Load.Reports;
using VampNet.Simulation.Costs;
using VampNet.Simulation.Engine;
using VampNet.Simulation.Mesh;
using static VampNet.Simulation.Scenarios.Section;

namespace VampNet.Simulation.Scenarios;

/// <summary>
/// For some minutes answers of the coarse stage are lost after all their work was done: every repetition costs as much as the first time.
/// With and without the budgets that bound repetitions.
/// </summary>
internal static class RetryStorm
{
    private const double From = 600, To = 900, End = 1500, Stretch = 20, Load = 0.7;
    private const int Units = 6;

    private static readonly double[] s_lost = [0.4, 0.8];

    private static readonly (string Name, RetryOptions Retries)[] s_cases =
    [
        ("as shipped", new RetryOptions()),
        ("without budgets", new RetryOptions { PerCall = 1_000_000, PerRequest = int.MaxValue, Tokens = 200_000_000 }),
        ("no repetitions", new RetryOptions { PerCall = 0 }),
    ];

    public static Section Run(CostCurves costs)
    {
        var unit = Unit.Of(costs);
        var results = (from lost in s_lost
                       from one in s_cases
                       let experiment = new Experiment(costs, unit.Mesh(Units) with { Retries = one.Retries }, Patience: 60)
                       let rate = ArrivalRate.Constant(Load * Units * unit.Rate)
                       let findings = experiment.Run(rate, End, (mesh, time) => Script(mesh, time, lost))
                       select (one.Name, Lost: lost, Findings: findings)).ToList();
        var rows = results.Select(result =>
        {
            var (during, after) = (result.Findings.Between(From, To), result.Findings.Between(To, End));
            return (IReadOnlyList<string>)
            [
                Number(100 * result.Lost, "0"), result.Name, $"{during.Count}", $"{during.Count(Ending.Answered)}",
                $"{during.Count(Ending.Failed)}",
                $"{during.Count(Ending.Late) + during.Count(Ending.Refused)}", Number(during.Quantile(0.9)),
                $"{after.Count(outcome => outcome.Ending != Ending.Answered)}", Number(result.Findings.Between(To, To + 60).Quantile(0.9)),
                Number((double)result.Findings.StageCalls / result.Findings.Outcomes.Count, "0.0"),
                Number(100 * result.Findings.Stages.First(stage => stage.Stage == "coarse").Utilization, "0"),
            ];
        });
        return new Section(Markdown(
                [
                    "lost answers %:", "repetitions", "requests during it:", "answered:", "failed:", "late or refused:", "p90 s:",
                    "not answered afterwards:", "p90 of the minute afterwards s:", "calls to stages a request:", "coarse stage computes %:",
                ], rows),
            Plot.Page([.. s_lost.Select((lost, i) => new Plot(
                $"answered, {100 * lost} % lost from {From} s to {To} s", "seconds", "share of requests", false, i * PlotWidth,
                [.. results.Where(result => result.Lost == lost).Select(result => OverTime(
                    result.Name, result.Findings, Stretch, End,
                    outcomes => (double)outcomes.Count(Ending.Answered) / outcomes.Count))]))]));
    }

    private static void Script(SimulatedMesh mesh, VirtualTime time, double lost)
    {
        time.After(TimeSpan.FromSeconds(From), () => Lose(lost));
        time.After(TimeSpan.FromSeconds(To), () => Lose(0));

        void Lose(double share)
        {
            foreach (var replica in mesh.Stage("coarse").Running)
                replica.LostAnswers = share;
        }
    }
}
