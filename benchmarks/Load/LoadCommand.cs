using System.CommandLine;
using VampNet.Core;

namespace VampNet.Benchmarks.Load;

/// <summary>Generators under load, with three ways to batch.</summary>
internal static class LoadCommand
{
    public static Command Create(Option<DirectoryInfo> package, Option<FileInfo> audio, Option<string> device, Option<FileInfo?> output)
    {
        var rounds = new Option<int>("--rounds") { Description = "Times that everything is measured.", DefaultValueFactory = _ => 3 };
        var requests = new Option<int>("--requests") { Description = "Of each measurement.", DefaultValueFactory = _ => 40 };
        var command = new Command("load", "Throughput and latency of the generators against offered load, for three ways to batch.")
        {
            package,
            audio,
            device,
            rounds,
            requests,
            output,
        };
        command.Add(FirstAudioCommand());
        command.SetAction(async (parsed, cancellation) =>
        {
            var machine = Machine.Describe();
            var options = Options(parsed, parsed.GetValue(requests));
            var (stages, profiles) = (new List<StageLoadTest>(), new List<StepProfile>());
            foreach (var part in new[] { PartNames.Coarse, PartNames.Fine })
            {
                profiles.AddRange(StepProfile.Measure(part, options));
                stages.Add(await StageLoadTest.RunAsync(part, options, cancellation));
            }
            var tracks = await FirstAudio.MeasureAsync(Workload.Read(parsed.GetValue(audio)!, 10), options, cancellation);

            var file = parsed.GetValue(output);
            var text = new LoadReport(options, machine, stages, profiles, tracks).Write(part => Path.GetFileName(Picture(part)));
            Console.Write(text);
            if (file is null)
                return;
            await File.WriteAllTextAsync(file.FullName, text, cancellation);
            foreach (var stage in stages)
                await File.WriteAllTextAsync(Picture(stage.Part), LoadReport.Plot(stage), cancellation);

            string Picture(string part) => Path.ChangeExtension(file?.FullName ?? "load.md", $"{part}.svg");
        });
        return command;

        LoadOptions Options(ParseResult parsed, int requests) =>
            new(parsed.GetValue(package)!.FullName, parsed.GetValue(device)!, parsed.GetValue(rounds), requests);

        Command FirstAudioCommand()
        {
            var command = new Command("first-audio", "When the first audio of a vamp comes, by itself.") { package, audio, device, rounds };
            command.SetAction(async (parsed, cancellation) =>
            {
                var options = Options(parsed, requests: 0);
                var results = await FirstAudio.MeasureAsync(Workload.Read(parsed.GetValue(audio)!, 10), options, cancellation);
                Console.Write(FirstAudio.Write(results, options));
            });
            return command;
        }
    }
}

/// <summary>How much is measured.</summary>
/// <param name="Package">folder of the model package</param>
/// <param name="Rounds">
/// times that everything is measured: the ways of batching take turns, so that a machine's moods meet all of them
/// </param>
/// <param name="Requests">of each measurement</param>
internal sealed record LoadOptions(string Package, string Device, int Rounds, int Requests)
{
    /// <summary>Arrivals, as multiples of what one request at a time gets done.</summary>
    public static IReadOnlyList<double> Loads { get; } = [0.4, 0.8, 1, 1.3];

    /// <summary>Clients of the saturated server: each sends its next request when it has the answer to the last.</summary>
    public const int Clients = 16;

    public const int Seed = 4;
}
