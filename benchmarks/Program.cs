using System.CommandLine;
using VampNet.Benchmarks;
using VampNet.Benchmarks.Capacity;
using VampNet.Benchmarks.Load;

var package = new Option<DirectoryInfo>("--package")
{
    Description = "Model package.",
    DefaultValueFactory = _ => new("weights/vampnet-mini"),
};
var audio = new Option<FileInfo>("--audio")
{
    Description = "Music to measure with.",
    DefaultValueFactory = _ => new("assets/through-space.flac"),
};
var device = new Option<string>("--device") { Description = "cpu, cuda or cuda:N.", DefaultValueFactory = _ => "cpu" };
var seconds = new Option<double>("--seconds") { Description = "How much of the music.", DefaultValueFactory = _ => 10 };
var runs = new Option<int>("--runs") { Description = "Measured runs, after one that is not.", DefaultValueFactory = _ => 5 };
var official = new Option<DirectoryInfo?>("--official")
{
    Description = "Measure the published sizes too; random weights are written into this folder, 1.5 GB.",
};
var output = new Option<FileInfo?>("--output") { Description = "Where the report goes; to the console if not given." };

var command = new RootCommand(
    "Seconds a stage, by itself and through the mesh, all in one run.") { package, audio, device, seconds, runs, official, output };
command.SetAction(async (parsed, cancellation) =>
{
    var workload = Workload.Read(parsed.GetValue(audio)!, parsed.GetValue(seconds));
    var folder = parsed.GetValue(package)!.FullName;
    var report = new Report(workload, folder, parsed.GetValue(device)!, parsed.GetValue(runs), Machine.Describe());

    var stages = StageBenchmark.Measure(workload, folder, report.Device, report.Runs);
    var mesh = await MeshBenchmark.MeasureAsync(workload, folder, report.Device, report.Runs, cancellation);
    var sizes = parsed.GetValue(official) is { } place
        ? OfficialBenchmark.Measure(place.FullName, report.Device, (int)(workload.Seconds * 44_100 / 768) + 1, runs: 1)
        : null;
    var text = report.Write(stages, mesh, sizes);

    Console.Write(text);
    if (parsed.GetValue(output) is { } file)
        await File.WriteAllTextAsync(file.FullName, text, cancellation);
});
command.Add(LoadCommand.Create(package, audio, device, output));
command.Add(CapacityCommand.Create(package, audio, device));
command.Add(CancelBenchmark.Create(package));
command.Add(DeviceCheck.Create(package, audio, device));
return await command.Parse(args).InvokeAsync();
