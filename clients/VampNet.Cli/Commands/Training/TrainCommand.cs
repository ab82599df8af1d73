using System.CommandLine;
using System.Text;
using VampNet.Cli.Flags;
using VampNet.Cli.Help;
using VampNet.Cli.Output;
using VampNet.Model.Packages;
using VampNet.Training;
using VampNet.Training.Plots;

namespace VampNet.Cli.Commands.Training;

/// <summary><c>vampnet train …</c>; <c>vampnet package</c> puts together what comes out.</summary>
internal static class TrainCommand
{
    private const int CoarseCodebooks = 4;
    private const int FineCodebooks = 14;

    public static Command Create() => new("train", "Train a model on a folder of music. An unfinished run goes on where it stopped.")
    {
        TrainCodecCommand.Create(),
        TrainGeneratorCommand.Create("coarse", "Train the coarse model on the tokens of a codec.", CoarseCodebooks, conditioning: 0),
        TrainGeneratorCommand.Create("fine", "Train the coarse-to-fine model on the tokens of a codec.", FineCodebooks, CoarseCodebooks),
        TokensCommand.Create(),
        TrainBeatsCommand.Create(),
        MeasureCommand.Create(),
        PlotCommand.Create(),
    };
}

/// <summary><c>vampnet train measure</c>: the figures of a model card.</summary>
internal static class MeasureCommand
{
    public static Command Create()
    {
        var command = new Command("measure", "Measure a model package on the held-out tracks.");
        var music = TrainingFlags.ForMeasuring(command);
        var package = new Option<string>("--package") { Description = "Model package to measure.", Required = true, HelpName = "FOLDER" };
        var sequences = PositiveOption.Create("--sequences", "Stretches of music that the generators are measured on.", 96);
        command.AddOptions("The models", package, sequences);
        command.SetAction((parsed, cancellationToken) => Task.Run(() =>
        {
            foreach (var (part, figures) in Trainings.Measure(
                music.Read(parsed, run: ""), ModelPackage.Open(parsed.GetValue(package)!), parsed.GetValue(sequences), cancellationToken))
            {
                foreach (var (name, value) in figures)
                    Facts.Add($"{part}.{name}", value, $"{part,-8}{name,-20}{value:0.0000}");
            }
        }, cancellationToken));
        return command;
    }
}

/// <summary><c>vampnet train plot RUN…</c>: the curves of training runs.</summary>
internal static class PlotCommand
{
    public static Command Create()
    {
        var command = new Command("plot", "Draw the curves of a run, or those of several over one another.");
        var runs = new Argument<string[]>("RUN") { Description = "Run folders.", Arity = ArgumentArity.OneOrMore };
        command.Arguments.Add(runs);
        var output = new OutputFlags(
            command, "The SVG file to write. Without: curves.svg in the first run folder, written anew.", required: false);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var folders = parsed.GetValue(runs)!;
            if (folders.FirstOrDefault(folder => !Directory.Exists(folder)) is { } missing)
                throw new BadInputException($"{missing} is no folder");
            await using var file = await output.OpenAsync(parsed, cancellationToken)
                ?? await OutputFile.OpenAsync(Path.Combine(folders[0], "curves.svg"), replaces: true, [], null, cancellationToken);
            file.Stream.Write(Encoding.UTF8.GetBytes(Chart.Join(RunPlot.Draw(folders))));
            await file.CommitAsync();
            Facts.Add("output", file.Path, $"wrote   {file.Path}");
        });
        return command;
    }
}

/// <summary><c>vampnet train tokens</c>: music as tokens in one file, to train generators where the music is not.</summary>
internal static class TokensCommand
{
    public static Command Create()
    {
        var command = new Command(
            "tokens", "Write a folder of music as tokens, in one file that \"train coarse\" and \"train fine\" take instead of it.");
        var music = TrainingFlags.ForTraining(command);
        var package = new Option<string>("--codec")
        {
            Description = "Model package whose codec makes the tokens.",
            Required = true,
            HelpName = "FOLDER",
        };
        command.AddOptions("The models", package);
        var output = new OutputFlags(command, "The .safetensors file to write.");
        command.SetAction((parsed, cancellationToken) => Task.Run(async () =>
        {
            await using var file = (await output.OpenAsync(parsed, cancellationToken))!;
            var temporary = Directory.CreateTempSubdirectory("vampnet-");
            try
            {
                var path = Path.Combine(temporary.FullName, "tokens");
                Trainings.WriteTokens(music.Read(parsed, run: ""), ModelPackage.Open(parsed.GetValue(package)!), path, cancellationToken);
                await using var tokens = File.OpenRead(path);
                await tokens.CopyToAsync(file.Stream, cancellationToken);
            }
            finally
            {
                temporary.Delete(recursive: true);
            }
            await file.CommitAsync();
            Facts.Add("output", file.Path, $"wrote   {file.Path}");
        }, cancellationToken));
        return command;
    }
}
