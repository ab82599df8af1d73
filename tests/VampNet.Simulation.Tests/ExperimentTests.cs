using System.Globalization;
using VampNet.Simulation.Engine;
using VampNet.Simulation.Mesh;
using VampNet.Simulation.Scenarios;
using VampNet.Testing;

namespace VampNet.Simulation.Tests;

/// <summary>A mesh under a virtual clock.</summary>
public sealed class ExperimentTests : IDisposable
{
    private const string Costs = """
        operation,frames,batch,wall_ms,processor_ms
        encode,64,1,40,40
        encode,768,1,450,450
        decode,64,1,50,50
        decode,768,1,600,600
        coarse,57,1,10,10
        coarse,575,1,100,100
        fine,17,1,8,8
        fine,173,1,15,15
        request,115,1,60,60
        request,575,1,120,120
        """;

    private readonly TemporaryFolder _folder = new();

    public ExperimentTests() => File.WriteAllText(Path.Combine(_folder.Path, "costs.csv"), Costs);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_same_seed_gives_the_same_result_to_the_last_tick()
    {
        var first = await RunAsync("--replicas", "3", "--load", "0.8", "--lose-half-at", "200");
        Assert.Equal(first, await RunAsync("--replicas", "3", "--load", "0.8", "--lose-half-at", "200"));
        Assert.NotEqual(first, await RunAsync("--replicas", "3", "--load", "0.8", "--lose-half-at", "200", "--seed", "2"));
    }

    /// <summary>With too much load and half of all replicas lost, requests end in every way.</summary>
    [Fact]
    public async Task Every_arrival_ends_exactly_once_whatever_happens()
    {
        var lines = await RunAsync("--replicas", "2", "--load", "1.3", "--lose-half-at", "300");
        var found = lines.Select(line => line.Split(',')).ToList();
        var costs = Simulation.Costs.CostCurves.Parse(Costs.Split('\n'));
        var rate = 1.3 * 2 / SimulatedMesh.StageNames.Max(stage => Experiment.Demand(costs, stage));
        var expected = new Experiment(costs, new MeshSettings(2, 2, 2), Patience: 60).Arrivals(ArrivalRate.Constant(rate), 600);
        Assert.Equal(
            expected.Select(arrival => Text(arrival.At)).Order(StringComparer.Ordinal),
            found.Select(fields => fields[0]).Order(StringComparer.Ordinal));
        Assert.Contains(found, fields => fields[3] == nameof(Ending.Answered));
        Assert.Contains(found, fields => fields[3] != nameof(Ending.Answered));
        Assert.All(found, fields => Assert.InRange(double.Parse(fields[2], CultureInfo.InvariantCulture), 0, 60.001));
    }

    [Fact]
    public async Task A_request_that_is_alone_takes_as_long_as_its_work()
    {
        var costs = Simulation.Costs.CostCurves.Parse(Costs.Split('\n'));
        var lines = await RunAsync("--replicas", "1", "--load", "0.005", "--seconds", "3000");
        var (music, latency) = lines.Select(line => line.Split(',')).Select(fields =>
            (double.Parse(fields[1], CultureInfo.InvariantCulture), double.Parse(fields[2], CultureInfo.InvariantCulture))).First();
        var work = SimulatedMesh.StageNames.Sum(stage => Vamp.Demand(costs, stage, music))
            + costs.Wall("request", Core.Tokens.FrameRate.VampNet.ToFrames(music));
        // Longer music is generated and decoded side by side.
        Assert.InRange(latency, 0.7 * work, work + 0.001);
    }

    private Task<string[]> RunAsync(params string[] arguments) =>
        SimulationProcess.RunAsync(["run", "--measured", _folder.Path, .. arguments]);

    private static string Text(double seconds) => FormattableString.Invariant($"{seconds:0.######}");
}
