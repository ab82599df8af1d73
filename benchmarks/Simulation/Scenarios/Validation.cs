using System.Globalization;
using VampNet.Simulation.Costs;
using VampNet.Simulation.Mesh;
using static VampNet.Simulation.Scenarios.Section;

namespace VampNet.Simulation.Scenarios;

/// <summary>A real mesh under load beside the simulation of the same arrivals.</summary>
internal static class Validation
{
    private const double Patience = 3600;

    public static Section Run(IReadOnlyList<MeasuredRun> runs)
    {
        var rows = runs.SelectMany(run =>
        {
            var around = Simulate(run.Costs, run);
            var ofTheRun = run.Costs.Faster(
                operation => StageOf(operation) is { } stage ? around.Compute[stage] / run.Compute[stage] : 1);
            return new[] { Row("around it", run, around), Row("of the run", run, Simulate(ofTheRun, run)) };
        });
        return new Section(Markdown(
                [
                    "load:", "others, cores:", "costs", "mean s, real:", "simulated:", "±:", "p90 s, real:", "simulated:", "±:",
                    "answers/s, real:", "simulated:", "±:", "stages compute s, real:", "simulated:", "±:",
                ], rows));
    }

    private static IReadOnlyList<string> Row(string costs, MeasuredRun run, Simulated simulated)
    {
        var found = simulated.Outcomes;
        var real = run.Requests.Select(request => new Outcome(request.Arrival, request.Music, request.Latency, Ending.Answered)).ToList();
        return
        [
            Number(run.Load), Number(run.Others), costs, .. Pair(real.Mean(), found.Mean()),
            .. Pair(real.Quantile(0.9), found.Quantile(0.9)), .. Pair(Throughput(real), Throughput(found), "0.000"),
            .. Pair(run.Compute.Values.Sum(), simulated.Compute.Values.Sum(), "0.0"),
        ];
    }

    private static Simulated Simulate(CostCurves costs, MeasuredRun run)
    {
        var found = new Experiment(costs, new MeshSettings(1, 1, 1) { Gateways = 1, GatewayCalls = 1000, Cores = run.Cores }, Patience)
            .Run([.. run.Requests.Select(request => (request.Arrival, request.Music))]);
        return new Simulated(found.Outcomes, found.Stages.ToDictionary(use => use.Stage, use => use.Utilization * use.ReplicaSeconds));
    }

    /// <summary>Null for what is done beside the stages.</summary>
    private static string? StageOf(string operation) => operation switch
    {
        "encode" or "decode" => "codec",
        "coarse" or "fine" => operation,
        _ => null,
    };

    private static string[] Pair(double real, double simulated, string format = "0.00") =>
    [
        Number(real, format), Number(simulated, format),
        $"{(100 * (simulated / real - 1)).ToString("+0;−0;0", CultureInfo.InvariantCulture)} %",
    ];

    /// <summary>From the first arrival to the last answer.</summary>
    private static double Throughput(IReadOnlyList<Outcome> outcomes) =>
        outcomes.Count / (outcomes.Max(outcome => outcome.Arrival + outcome.Latency) - outcomes.Min(outcome => outcome.Arrival));

    /// <param name="Compute">seconds that each stage computed</param>
    private sealed record Simulated(IReadOnlyList<Outcome> Outcomes, IReadOnlyDictionary<string, double> Compute);
}
