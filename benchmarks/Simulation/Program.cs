using System.CommandLine;
using System.Globalization;
using VampNet.Simulation;
using VampNet.Simulation.Costs;
using VampNet.Simulation.Engine;
using VampNet.Simulation.Mesh;
using VampNet.Simulation.Scenarios;
using Queue = VampNet.Simulation.Scenarios.Queue;

var measured = new Option<DirectoryInfo>("--measured")
{
    Description = "Folder with costs.csv, measured.csv and measured-costs.csv.",
    DefaultValueFactory = _ => new("benchmarks/Simulation/Measured"),
};
var seed = new Option<int>("--seed") { Description = "Of all that is random.", DefaultValueFactory = _ => 1 };
var load = new Option<double>("--load") { Description = "Of the replicas; 1 = as much as they can do.", DefaultValueFactory = _ => 0.7 };
var replicas = new Option<int>("--replicas") { Description = "Of each stage.", DefaultValueFactory = _ => 1 };

var root = new RootCommand("A mesh under a virtual clock.");

var jobs = new Option<int>("--jobs") { DefaultValueFactory = _ => 20_000 };
var isFixed = new Option<bool>("--fixed") { Description = "All jobs last equally long; otherwise exponentially." };
var cores = new Option<int?>("--cores") { Description = "That all replicas share; otherwise each has its own." };
var queue = new Command("queue", "The scheduler as a plain queue: mean time from arrival to end, in times of a job.")
{
    replicas,
    load,
    isFixed,
    cores,
    jobs,
    seed,
};
queue.SetAction(parsed => Console.WriteLine(Queue.MeanTime(
    parsed.GetValue(replicas), parsed.GetValue(load), parsed.GetValue(isFixed), parsed.GetValue(jobs), parsed.GetValue(seed),
    parsed.GetValue(cores))
    .ToString("0.0000", CultureInfo.InvariantCulture)));
root.Add(queue);

var seconds = new Option<double>("--seconds") { Description = "In which requests come.", DefaultValueFactory = _ => 600 };
var loseZone = new Option<double?>("--lose-half-at") { Description = "Second at which half of all replicas is gone." };
var run = new Command("run", "A mesh under a steady load: a line a request (arrival, music, latency, ending).")
{
    measured,
    replicas,
    load,
    seconds,
    loseZone,
    seed,
};
run.SetAction(parsed =>
{
    var costs = CostCurves.Read(Path.Combine(parsed.GetValue(measured)!.FullName, "costs.csv"));
    var count = parsed.GetValue(replicas);
    var experiment = new Experiment(costs, new MeshSettings(count, count, count) { Seed = parsed.GetValue(seed) }, Patience: 60);
    var rate = parsed.GetValue(load) * count / SimulatedMesh.StageNames.Max(stage => Experiment.Demand(costs, stage));
    var findings = experiment.Run(ArrivalRate.Constant(rate), parsed.GetValue(seconds), (mesh, time) =>
    {
        if (parsed.GetValue(loseZone) is { } at)
            time.After(TimeSpan.FromSeconds(at), () => ZoneLoss.Lose(mesh, ReplicaFate.Gone));
    });
    foreach (var line in findings.Lines)
        Console.WriteLine(line);
});
root.Add(run);

var page = new Option<FileInfo>("--page") { Description = "The page to fill in.", DefaultValueFactory = _ => new("docs/capacity.md") };
var only = new Option<string[]>("--only") { Description = "Scenarios by name.", AllowMultipleArgumentsPerToken = true };
var report = new Command("report", "All scenarios: the tables and pictures of docs/capacity.md.") { measured, page, only };
report.SetAction(parsed => Document.Write(
    parsed.GetValue(measured)!.FullName, parsed.GetValue(page)!.FullName, parsed.GetValue(only) ?? []));
root.Add(report);
return root.Parse(args).Invoke();
