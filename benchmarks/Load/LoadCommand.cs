using System.CommandLine;
using VampNet.Core;
using VampNet.Model.Checkpoints;

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
        command.SetAction(async (parsed, cancellation) =>
        {
            var machine = Machine.Describe();
            var options = new LoadOptions(
                parsed.GetValue(package)!.FullName, parsed.GetValue(device)!, parsed.GetValue(rounds), parsed.GetValue(requests));
            var (stages, profiles) = (new List<StageLoadTest>(), new List<StepProfile>());
            foreach (var part in new[] { PartNames.Coarse, PartNames.Fine })
            {
                profiles.AddRange(StepProfile.Measure(part, options));
                stages.Add(await StageLoadTest.RunAsync(part, options, cancellation));
            }
            var songs = await FirstAudio.MeasureAsync(Workload.Read(parsed.GetValue(audio)!, 10), options, cancellation);

            var file = parsed.GetValue(output);
            var text = new LoadReport(options, machine, stages, profiles, songs).Write(part => Path.GetFileName(Picture(part)));
            Console.Write(text);
            if (file is null)
                return;
            await File.WriteAllTextAsync(file.FullName, text, cancellation);
            foreach (var stage in stages)
                await File.WriteAllTextAsync(Picture(stage.Part), LoadReport.Plot(stage), cancellation);

            string Picture(string part) => Path.ChangeExtension(file?.FullName ?? "load.md", $"{part}.svg");
        });
        return command;
    }
}
