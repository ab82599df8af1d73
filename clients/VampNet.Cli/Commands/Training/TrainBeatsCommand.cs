using System.CommandLine;
using VampNet.Cli.Flags;
using VampNet.Cli.Help;
using VampNet.Model.Beats.WaveBeat;
using VampNet.Training;
using VampNet.Training.Beats;

namespace VampNet.Cli.Commands.Training;

/// <summary><c>vampnet train beats</c>.</summary>
internal static class TrainBeatsCommand
{
    public static Command Create()
    {
        var (model, options) = (new WaveBeatOptions(), new BeatTrainingOptions());
        var command = new Command("beats", "Train a beat tracker, on music that is rendered for it: its beats are known exactly.");
        var device = new TrainingDeviceFlags(command);
        var steps = new StepFlags(
            command, "Songs", new(options.Steps, options.Batch, options.LearningRate, options.ValidateEvery, options.Seed));
        var run = RunOption.Create();
        var seconds = PositiveOption.Create("--seconds", "Length of a track.", options.Seconds);
        var width = PositiveOption.Create("--width", "Channels of the first block; 32 as published, a CPU wants less.", model.Width);
        var growth = PositiveOption.Create("--width-growth", "Channels that each further block adds; 32 as published.", model.WidthGrowth);
        command.AddOptions("The run", run, seconds, width, growth);
        command.SetAction((parsed, cancellationToken) => Task.Run(() =>
        {
            var values = steps.Read(parsed);
            Trainings.TrainBeats(
                new TrainingSetup("", "", [], parsed.GetValue(run)!, device.Read(parsed)) { Report = Console.WriteLine },
                model with { Width = parsed.GetValue(width), WidthGrowth = parsed.GetValue(growth) },
                options with
                {
                    Steps = values.Steps,
                    Batch = values.Batch,
                    LearningRate = values.LearningRate,
                    ValidateEvery = values.ValidateEvery,
                    Seed = values.Seed,
                    Seconds = parsed.GetValue(seconds),
                },
                cancellationToken);
        }, cancellationToken));
        return command;
    }
}
