using System.CommandLine;
using VampNet.Cli.Flags;
using VampNet.Model.Checkpoints;
using VampNet.Model.Packages;
using VampNet.Training;

namespace VampNet.Cli.Commands.Training;

/// <summary><c>vampnet train measure</c>: the figures of a model card.</summary>
internal static class MeasureCommand
{
    public static Command Create()
    {
        var command = new Command("measure", "Measure a model package on the held-out tracks.");
        var music = TrainingFlags.ForMeasuring(command);
        var package = new Option<string>("--package") { Description = "Model package to measure.", Required = true, HelpName = "FOLDER" };
        var sequences = PositiveOption.Create("--sequences", "Stretches of music that the generators are measured on.", 96);
        command.Options.Add(package);
        command.Options.Add(sequences);
        command.SetAction((parsed, cancellationToken) => Task.Run(() =>
        {
            foreach (var (part, figures) in Trainings.Measure(
                music.Read(parsed, run: ""), ModelPackage.Open(parsed.GetValue(package)!), parsed.GetValue(sequences), cancellationToken))
            {
                foreach (var (name, value) in figures)
                    Console.WriteLine($"{part,-8}{name,-20}{value:0.0000}");
            }
        }, cancellationToken));
        return command;
    }
}
