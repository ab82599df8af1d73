using System.Globalization;
using VampNet.Simulation.Costs;
using VampNet.Simulation.Mesh;
using static VampNet.Simulation.Scenarios.Section;

namespace VampNet.Simulation.Scenarios;

/// <summary>A real mesh under load beside the simulation of the same arrivals.</summary>
internal static class Validation
{
    private const double Patience = 3600;

    public static Section Run(CostCurves costs, string measured)
    {
        var rows = MeasuredRun.Read(measured).SelectMany(run =>
        {
            var (found, computed) = Simulate(costs, run);
            var faster = computed / run.Compute;
            return new[] { Row("of the table", run, (found, computed)), Row("of the run", run, Simulate(costs.Faster(faster), run)) };
        });
        return new Section(Markdown(
                [
                    "load:", "costs", "mean s, real:", "simulated:", "±:", "p90 s, real:", "simulated:", "±:", "answers/s, real:",
                    "simulated:", "±:", "device s, real:", "simulated:", "±:",
                ], rows));
    }

    private static IReadOnlyList<string> Row(string costs, MeasuredRun run, (IReadOnlyList<Outcome> Outcomes, double Computed) simulated)
    {
        var (found, computed) = simulated;
        var real = run.Requests.Select(request => new Outcome(request.Arrival, request.Music, request.Latency, Ending.Answered)).ToList();
        return
        [
            Number(run.Load), costs, .. Pair(real.Mean(), found.Mean()), .. Pair(real.Quantile(0.9), found.Quantile(0.9)),
            .. Pair(Throughput(real), Throughput(found), "0.000"), .. Pair(run.Compute, computed, "0.0"),
        ];
    }

    /// <returns>also seconds of the device, which counts with each of the stages that share it</returns>
    private static (IReadOnlyList<Outcome> Outcomes, double Computed) Simulate(CostCurves costs, MeasuredRun run)
    {
        var found = new Experiment(costs, new MeshSettings(1, 1, 1) { Gateways = 1, GatewayCalls = 1000, SharesDevice = true }, Patience)
            .Run([.. run.Requests.Select(request => (request.Arrival, request.Music))]);
        return (found.Outcomes, found.Stages[0].Utilization * found.Stages[0].ReplicaSeconds);
    }

    private static string[] Pair(double real, double simulated, string format = "0.00") =>
    [
        Number(real, format), Number(simulated, format),
        $"{(100 * (simulated / real - 1)).ToString("+0;−0;0", CultureInfo.InvariantCulture)} %",
    ];

    /// <summary>From the first arrival to the last answer.</summary>
    private static double Throughput(IReadOnlyList<Outcome> outcomes) =>
        outcomes.Count / (outcomes.Max(outcome => outcome.Arrival + outcome.Latency) - outcomes.Min(outcome => outcome.Arrival));
}

/// <summary>One level of load of the file that <c>VampNet.Benchmarks capacity</c> writes.</summary>
/// <param name="Compute">seconds of the device, of all requests together</param>
/// <param name="Processor">seconds of all cores</param>
internal sealed record MeasuredRun(
    double Load, double Compute, double Processor, IReadOnlyList<(double Arrival, double Music, double Latency)> Requests)
{
    private const string Header = "run,load,arrival_s,music_s,latency_s,compute_s,processor_s";

    /// <exception cref="FormatException">the file is none of these</exception>
    public static IReadOnlyList<MeasuredRun> Read(string path)
    {
        var lines = File.ReadAllLines(path);
        if (lines.Length < 2 || lines[0] != Header)
            throw new FormatException($"line 1: expected {Header}, and a line a request");
        return
        [
            .. lines.Skip(1).Select(line => line.Split(',').Select(field => double.Parse(field, CultureInfo.InvariantCulture)).ToArray())
                .GroupBy(fields => fields[0]).Select(run => new MeasuredRun(
                    run.First()[1], run.First()[5], run.First()[6], [.. run.Select(fields => (fields[2], fields[3], fields[4]))])),
        ];
    }
}
