using System.CommandLine;
using VampNet.Cli.Flags;
using VampNet.Cli.Help;
using VampNet.Model.Packages;
using VampNet.Model.Transformer;
using VampNet.Training;
using VampNet.Training.Generators;

namespace VampNet.Cli.Commands.Training;

/// <summary><c>vampnet train coarse|fine</c>.</summary>
internal static class TrainGeneratorCommand
{
    public static Command Create(string name, string description, int codebooks, int conditioning)
    {
        var options = new GeneratorTrainingOptions();
        var command = new Command(name, description);
        var music = TrainingFlags.ForTraining(command);
        var generator = new GeneratorFlags(command, options);
        var run = RunOption.Create();
        var package = new Option<string>("--codec")
        {
            Description = "Model package whose codec makes the tokens.",
            Required = true,
            HelpName = "FOLDER",
        };
        var tokens = new Option<string?>("--tokens")
        {
            Description = "Train on this file of \"train tokens\" instead of music.",
            HelpName = "FILE",
        };
        var frames = PositiveOption.Create("--frames", "Length of a sequence in frames.", options.Frames);
        var dimension = PositiveOption.Create("--dimension", "Width of the transformer, a multiple of --heads.", 256);
        var heads = PositiveOption.Create("--heads", "Attention heads.", 8);
        var layers = PositiveOption.Create("--layers", "Transformer layers.", 6);
        var dropout = Share("--dropout", "Share of activations dropped in training; short runs on little music do better with 0.", 0.1);
        var prompts = Share(
            "--prompts",
            "Share of the sequences that keep a prompt as people give it, beside the tokens that chance leaves; 0 in the paper.",
            options.Prompts);
        var further = new Option<bool>("--further")
        {
            Description = $"Go on from the weights of that package's {name} model, in its size, instead of from fresh ones.",
        };
        command.AddOptions("The run", run, package, tokens, further, frames, dimension, heads, layers, dropout, prompts);
        command.Excludes(further, dimension, heads, layers);
        command.SetAction((parsed, cancellationToken) => Task.Run(() =>
        {
            var setup = music.Read(parsed, parsed.GetValue(run)!, parsed.GetValue(tokens));
            var (opened, how) =
                (ModelPackage.Open(parsed.GetValue(package)!),
                generator.Read(parsed) with { Frames = parsed.GetValue(frames), Prompts = parsed.GetValue(prompts) });
            if (parsed.GetValue(further))
                Trainings.TrainGeneratorFurther(setup, opened, name, parsed.GetValue(dropout), how, cancellationToken);
            else
                Trainings.TrainGenerator(
                    setup, opened,
                    Sizes(codebooks, conditioning, parsed.GetValue(dimension), parsed.GetValue(heads),
                    parsed.GetValue(layers)) with
                    { Dropout = parsed.GetValue(dropout) }, how, cancellationToken);
        }, cancellationToken));
        return command;
    }

    private static Option<double> Share(string name, string description, double fallback)
    {
        var option = new Option<double>(name) { Description = description, DefaultValueFactory = _ => fallback };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0 and < 1))
                result.AddError($"{name} must be at least 0 and below 1");
        });
        return option;
    }

    private static VampNetOptions Sizes(int codebooks, int conditioning, int dimension, int heads, int layers) => dimension % heads == 0
        ? new VampNetOptions(codebooks, conditioning, dimension, heads, layers)
        : throw new BadInputException($"--dimension {dimension} is no multiple of --heads {heads}");
}
