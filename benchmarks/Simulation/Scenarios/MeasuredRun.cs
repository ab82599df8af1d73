using System.Globalization;
using VampNet.Simulation.Costs;
using VampNet.Simulation.Mesh;

namespace VampNet.Simulation.Scenarios;

/// <summary>A real mesh under one level of load, as <c>VampNet.Benchmarks capacity</c> has measured it.</summary>
/// <param name="Costs">measured right before and right after it; the mean of both</param>
/// <param name="Compute">seconds that each stage computed</param>
/// <param name="Cores">of the machine, which stages, gateway and clients share</param>
/// <param name="Others">cores that other programs on the machine kept busy</param>
/// <param name="Requests">when each came, for how much music it asked, and how long it took, in seconds</param>
internal sealed record MeasuredRun(
    double Load, CostCurves Costs, IReadOnlyDictionary<string, double> Compute, int Cores, double Others,
    IReadOnlyList<(double Arrival, double Music, double Latency)> Requests)
{
    private const string Header = "run,load,arrival_s,music_s,latency_s,codec_s,coarse_s,fine_s,cores,others_cores";

    /// <summary>All runs of the files <c>measured.csv</c>, with a line a request, and <c>measured-costs.csv</c>.</summary>
    /// <exception cref="FormatException">a file is none of these</exception>
    public static IReadOnlyList<MeasuredRun> Read(string folder)
    {
        var costs = Lines(Path.Combine(folder, "measured-costs.csv"), $"run,{CostCurves.Header}").Select(line => line.Split(',', 2))
            .ToLookup(line => line[0], line => line[1]);
        return
        [
            .. Lines(Path.Combine(folder, "measured.csv"), Header).Select(line => line.Split(',')).GroupBy(fields => fields[0])
                .Select(run => Of(CostCurves.Parse([CostCurves.Header, .. costs[run.Key]]), [.. run.Select(Numbers)])),
        ];
    }

    private static MeasuredRun Of(CostCurves costs, IReadOnlyList<double[]> rows) => new(
        rows[0][1], costs, SimulatedMesh.StageNames.Zip(rows[0][5..8]).ToDictionary(stage => stage.First, stage => stage.Second),
        (int)rows[0][8], rows[0][9], [.. rows.Select(fields => (fields[2], fields[3], fields[4]))]);

    private static string[] Lines(string path, string header)
    {
        var lines = File.ReadAllLines(path);
        return lines.Length > 1 && lines[0] == header
            ? lines[1..]
            : throw new FormatException($"{Path.GetFileName(path)}, line 1: expected {header}, and lines after it");
    }

    private static double[] Numbers(string[] fields) =>
        fields.Length == Header.Split(',').Length
            ? Array.ConvertAll(fields, field => double.Parse(field, CultureInfo.InvariantCulture))
            : throw new FormatException($"measured.csv: {string.Join(',', fields)} does not have the fields {Header}");
}
