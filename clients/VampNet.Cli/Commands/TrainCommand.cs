using System.CommandLine;
using VampNet.Cli.Flags;
using VampNet.Model.Checkpoints;
using VampNet.Model.Codec;
using VampNet.Model.Transformer;
using VampNet.Training;
using VampNet.Training.Codec;
using VampNet.Training.Generators;

namespace VampNet.Cli.Commands;

/// <summary><c>vampnet train codec|coarse|fine</c>; <c>vampnet package</c> puts together what comes out.</summary>
internal static class TrainCommand
{
    private const int CoarseCodebooks = 4;
    private const int FineCodebooks = 14;

    public static Command Create() => new("train", "Train a model on a folder of music. An unfinished run goes on where it stopped.")
    {
        Codec(),
        Generator("coarse", "Train the coarse model on the tokens of a codec.", CoarseCodebooks, conditioning: 0),
        Generator("fine", "Train the coarse-to-fine model on the tokens of a codec.", FineCodebooks, CoarseCodebooks),
        Measure(),
    };

    private static Command Codec()
    {
        var (model, options) = (new SpectralCodecOptions(), new CodecTrainingOptions());
        var command = new Command("codec", "Train a codec.");
        var setup = new TrainingFlags(command);
        var steps = Number("--steps", "Optimiser steps in all.", options.Steps);
        var continuous = Number("--continuous-steps", "Steps before the quantiser is switched on.", options.ContinuousSteps);
        var batch = Number("--batch", "Excerpts a step.", options.Batch);
        var frames = Number("--frames", "Length of an excerpt in frames.", options.Frames);
        var rate = Number("--learning-rate", "Highest learning rate.", options.LearningRate);
        var validate = Number("--validate-every", "Steps between validations and checkpoints.", options.ValidateEvery);
        var seed = new Option<int>("--seed") { Description = "Of initial weights and excerpts.", DefaultValueFactory = _ => options.Seed };
        var width = Number("--width", "Channels.", model.Width);
        var encoder = Number("--encoder-blocks", "Blocks before the quantiser.", model.EncoderBlocks);
        var decoder = Number("--decoder-blocks", "Blocks after the quantiser.", model.DecoderBlocks);
        foreach (var option in new Option[] { steps, continuous, batch, frames, rate, validate, seed, width, encoder, decoder })
            command.Options.Add(option);
        command.SetAction((parsed, cancellationToken) => Task.Run(() => Trainings.TrainCodec(
            setup.Read(parsed),
            model with { Width = parsed.GetValue(width), EncoderBlocks = parsed.GetValue(encoder), DecoderBlocks = parsed.GetValue(decoder) },
            options with
            {
                Steps = parsed.GetValue(steps),
                ContinuousSteps = parsed.GetValue(continuous),
                Batch = parsed.GetValue(batch),
                Frames = parsed.GetValue(frames),
                LearningRate = parsed.GetValue(rate),
                ValidateEvery = parsed.GetValue(validate),
                Seed = parsed.GetValue(seed),
            },
            cancellationToken), cancellationToken));
        return command;
    }

    private static Command Generator(string name, string description, int codebooks, int conditioning)
    {
        var options = new GeneratorTrainingOptions();
        var command = new Command(name, description);
        var setup = new TrainingFlags(command);
        var package = new Option<string>("--codec") { Description = "Model package whose codec makes the tokens.", Required = true, HelpName = "FOLDER" };
        var steps = Number("--steps", "Optimiser steps in all.", options.Steps);
        var batch = Number("--batch", "Sequences a step.", options.Batch);
        var frames = Number("--frames", "Length of a sequence in frames.", options.Frames);
        var rate = Number("--learning-rate", "Highest learning rate.", options.LearningRate);
        var validate = Number("--validate-every", "Steps between validations and checkpoints.", options.ValidateEvery);
        var seed = new Option<int>("--seed") { Description = "Of initial weights, excerpts and masks.", DefaultValueFactory = _ => options.Seed };
        var dimension = Number("--dimension", "Width of the transformer, a multiple of --heads.", 256);
        var heads = Number("--heads", "Attention heads.", 8);
        var layers = Number("--layers", "Transformer layers.", 6);
        var dropout = new Option<double>("--dropout") { Description = "Share of activations dropped in training; short runs on little music do better with 0.", DefaultValueFactory = _ => 0.1 };
        dropout.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0 and < 1))
                result.AddError("--dropout must be at least 0 and below 1");
        });
        foreach (var option in new Option[] { package, steps, batch, frames, rate, validate, seed, dimension, heads, layers, dropout })
            command.Options.Add(option);
        command.SetAction((parsed, cancellationToken) => Task.Run(() => Trainings.TrainGenerator(
            setup.Read(parsed),
            ModelPackage.Open(parsed.GetValue(package)!),
            Sizes(codebooks, conditioning, parsed.GetValue(dimension), parsed.GetValue(heads), parsed.GetValue(layers)) with { Dropout = parsed.GetValue(dropout) },
            options with
            {
                Steps = parsed.GetValue(steps),
                Batch = parsed.GetValue(batch),
                Frames = parsed.GetValue(frames),
                LearningRate = parsed.GetValue(rate),
                ValidateEvery = parsed.GetValue(validate),
                Seed = parsed.GetValue(seed),
            },
            cancellationToken), cancellationToken));
        return command;
    }

    private static Command Measure()
    {
        var command = new Command("measure", "Measure a model package on the held-out tracks.");
        var setup = new TrainingFlags(command, trains: false);
        var package = new Option<string>("--package") { Description = "Model package to measure.", Required = true, HelpName = "FOLDER" };
        var sequences = Number("--sequences", "Stretches of music that the generators are measured on.", 96);
        command.Options.Add(package);
        command.Options.Add(sequences);
        command.SetAction((parsed, cancellationToken) => Task.Run(() =>
        {
            foreach (var (part, figures) in Trainings.Measure(setup.Read(parsed), ModelPackage.Open(parsed.GetValue(package)!), parsed.GetValue(sequences)))
            {
                foreach (var (name, value) in figures)
                    Console.WriteLine($"{part,-8}{name,-20}{value:0.0000}");
            }
        }, cancellationToken));
        return command;
    }

    private static VampNetOptions Sizes(int codebooks, int conditioning, int dimension, int heads, int layers) => dimension % heads == 0
        ? new VampNetOptions(codebooks, conditioning, dimension, heads, layers)
        : throw new BadInputException($"--dimension {dimension} is no multiple of --heads {heads}");

    /// <summary>An option above 0.</summary>
    private static Option<T> Number<T>(string name, string description, T fallback)
        where T : struct, System.Numerics.INumber<T>
    {
        var option = new Option<T>(name) { Description = description, DefaultValueFactory = _ => fallback };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<T>() <= T.Zero)
                result.AddError($"{name} must be above 0");
        });
        return option;
    }
}
