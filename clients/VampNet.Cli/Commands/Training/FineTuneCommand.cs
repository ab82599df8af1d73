using System.CommandLine;
using VampNet.Cli.Flags;
using VampNet.Cli.Help;
using VampNet.Cli.Output;
using VampNet.Core;
using VampNet.Model.Packages;
using VampNet.Services.Inference.Models;
using VampNet.Training;
using VampNet.Training.Generators;

namespace VampNet.Cli.Commands.Training;

/// <summary><c>vampnet finetune FOLDER --name NAME</c>: a model that was trained on these tracks, as an adapter of its package.</summary>
internal static class FineTuneCommand
{
    private static readonly GeneratorTrainingOptions Defaults = new()
    {
        Steps = 500,
        Batch = 4,
        LearningRate = 3e-3,
        WarmUp = 50,
        ValidateEvery = 50,
    };

    public static Command Create()
    {
        var command = new Command(
            "finetune",
            "Fine-tune a model on a folder of tracks. Its weights stay as they are; what is learned is added beside them and used by "
                + "--adapter NAME.");
        var music = TrainingFlags.ForSongs(command);
        var generator = new GeneratorFlags(command, Defaults);
        var name = new Option<string>("--name") { Description = "Of the fine-tuning.", Required = true };
        var model = new Option<string>("--model")
        {
            Description = "Folder of the model package.",
            DefaultValueFactory = _ => new ModelOptions().Path,
            HelpName = "FOLDER",
        };
        var output = new Option<string?>("--output", "-o")
        {
            Description = "Leave that package alone, and write a copy with the fine-tuning there.",
            HelpName = "FOLDER",
        };
        var run = new Option<string?>("--run")
        {
            Description = "Folder for checkpoints and logs; an unfinished run there goes on. Without: runs/NAME.",
            HelpName = "FOLDER",
        };
        command.AddOptions("The fine-tuning", name, model, output, run);
        command.SetAction((parsed, cancellationToken) => Task.Run(() =>
        {
            var called = parsed.GetValue(name)!;
            if (!ModelNames.IsValid(called))
                throw new BadInputException($"--name {called}: {ModelNames.Rule}");
            var setup = music.Read(parsed, parsed.GetValue(run) ?? Path.Combine("runs", called));
            var folder = new ModelFolders().Resolve(new ModelOptions { Path = parsed.GetValue(model)! })[0].Folder;
            if (parsed.GetValue(output) is { } copy)
                folder = Copy(folder, copy);
            FineTuning.Run(setup, ModelPackage.Open(folder), called, generator.Read(parsed), cancellationToken);
            Facts.Add("output", folder, $"wrote   {folder}: fine-tuning {called}");
        }, cancellationToken));
        return command;
    }

    /// <summary>Copies a package, unless it is there already.</summary>
    private static string Copy(string folder, string to)
    {
        if (File.Exists(Path.Combine(to, ModelManifest.FileName)))
            return to;
        Directory.CreateDirectory(to);
        // the manifest last
        foreach (var file in Directory.GetFiles(folder).OrderBy(file => Path.GetFileName(file) == ModelManifest.FileName))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        return to;
    }
}
