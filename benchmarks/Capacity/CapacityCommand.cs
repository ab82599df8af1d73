using System.CommandLine;
using VampNet.Core;

namespace VampNet.Benchmarks.Capacity;

/// <summary>
/// Measures what the simulation of capacity goes by: the cost of every operation, and a mesh under load to compare it with.
/// </summary>
internal static class CapacityCommand
{
    public static Command Create(Option<DirectoryInfo> package, Option<FileInfo> audio, Option<string> device)
    {
        var folder = new Option<DirectoryInfo>("--folder")
        {
            Description = "Where costs.csv and measured.csv go.",
            DefaultValueFactory = _ => new("benchmarks/Simulation/Measured"),
        };
        var requests = new Option<int>("--requests") { Description = "Of each level of load.", DefaultValueFactory = _ => 50 };
        var loads = new Option<double[]>("--loads")
        {
            Description = "Levels of load: 1 is as much as the device can do.",
            DefaultValueFactory = _ => [0.35, 0.6, 0.8, 0.35, 0.6, 0.8],
            AllowMultipleArgumentsPerToken = true,
        };
        var only = new Option<bool>("--load-only") { Description = "Keep costs.csv, and measure the mesh under load alone." };
        var command = new Command("capacity", "Costs of all operations, and a mesh in one process under load.")
        {
            package,
            audio,
            device,
            folder,
            requests,
            loads,
            only,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var place = parsed.GetValue(folder)!.FullName;
            Directory.CreateDirectory(place);
            var (path, on) = (parsed.GetValue(package)!.FullName, parsed.GetValue(device)!);
            await using var mesh = await LoadedMesh.StartAsync(path, on, Workload.Read(parsed.GetValue(audio)!, 10), cancellation);
            if (!parsed.GetValue(only))
            {
                List<OperationCost> costs =
                [
                    .. OperationCost.OfCodec(path, on),
                    .. OperationCost.OfGenerator(PartNames.Coarse, path, on),
                    .. OperationCost.OfGenerator(PartNames.Fine, path, on),
                    .. await mesh.MeasureAloneAsync(cancellation),
                ];
                await File.WriteAllLinesAsync(Path.Combine(place, "costs.csv"), OperationCost.Table(costs), cancellation);
            }
            var runs = new List<string> { LoadedMesh.Header };
            foreach (var (run, load) in parsed.GetValue(loads)!.Index())
                runs.AddRange(await mesh.MeasureAsync(run + 1, load, parsed.GetValue(requests), cancellation));
            await File.WriteAllLinesAsync(Path.Combine(place, "measured.csv"), runs, cancellation);
        });
        return command;
    }
}
