using System.CommandLine;
using VampNet.Core;

namespace VampNet.Benchmarks.Capacity;

/// <summary>
/// Measures what the simulation of capacity goes by: the cost of every operation, and a mesh under load to compare it with. The speed of a
/// machine that others use, too, changes within minutes: so the costs are measured again before and after each level of load.
/// </summary>
internal static class CapacityCommand
{
    private const int Repeats = 5; // of the costs that everything but the comparison goes by

    public static Command Create(Option<DirectoryInfo> package, Option<FileInfo> audio, Option<string> device)
    {
        var folder = new Option<DirectoryInfo>("--folder")
        {
            Description = "Where costs.csv, measured.csv and measured-costs.csv go.",
            DefaultValueFactory = _ => new("benchmarks/Simulation/Measured"),
        };
        var requests = new Option<int>("--requests") { Description = "Of each level of load.", DefaultValueFactory = _ => 50 };
        var loads = new Option<double[]>("--loads")
        {
            Description = "Levels of load: 1 is as much as the slowest stage can do.",
            DefaultValueFactory = _ => [0.35, 0.6, 0.8, 0.35, 0.6, 0.8],
            AllowMultipleArgumentsPerToken = true,
        };
        var only = new Option<bool>("--load-only") { Description = "Keep costs.csv, and measure the mesh under load alone." };
        var command = new Command("capacity", "Costs of all operations, and a mesh under load between two measurements of them.")
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
            var place = Directory.CreateDirectory(parsed.GetValue(folder)!.FullName).FullName;
            var (path, on) = (parsed.GetValue(package)!.FullName, parsed.GetValue(device)!);
            await using var mesh = await LoadedMesh.StartAsync(path, on, Workload.Read(parsed.GetValue(audio)!, 10), cancellation);
            if (!parsed.GetValue(only))
                await WriteAsync("costs.csv", [OperationCost.Header, .. (await CostsAsync(Repeats)).Select(cost => cost.Line)]);
            List<string> runs = [LoadedMesh.Header], around = [$"run,{OperationCost.Header}"];
            var before = await CostsAsync(repeats: 1);
            foreach (var (index, load) in parsed.GetValue(loads)!.Index())
            {
                runs.AddRange(await mesh.MeasureAsync(index + 1, load, parsed.GetValue(requests), cancellation));
                var after = await CostsAsync(repeats: 1);
                around.AddRange(OperationCost.Mean(before, after).Select(cost => $"{index + 1},{cost.Line}"));
                before = after;
            }
            await WriteAsync("measured.csv", runs);
            await WriteAsync("measured-costs.csv", around);

            async Task<IReadOnlyList<OperationCost>> CostsAsync(int repeats) =>
            [
                .. OperationCost.OfCodec(path, on, repeats),
                .. OperationCost.OfGenerator(PartNames.Coarse, path, on, repeats),
                .. OperationCost.OfGenerator(PartNames.Fine, path, on, repeats),
                .. await mesh.MeasureAloneAsync(repeats, cancellation),
            ];

            Task WriteAsync(string name, IEnumerable<string> lines) =>
                File.WriteAllLinesAsync(Path.Combine(place, name), lines, cancellation);
        });
        return command;
    }
}
