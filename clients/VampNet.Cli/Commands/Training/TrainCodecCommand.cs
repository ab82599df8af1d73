using System.CommandLine;
using VampNet.Cli.Flags;
using VampNet.Cli.Help;
using VampNet.Model.Codec;
using VampNet.Model.Packages;
using VampNet.Training;
using VampNet.Training.Codec;

namespace VampNet.Cli.Commands.Training;

/// <summary><c>vampnet train codec</c>.</summary>
internal static class TrainCodecCommand
{
    public static Command Create()
    {
        var (model, options) = (new SpectralCodecOptions(), new CodecTrainingOptions());
        var command = new Command("codec", "Train a codec.");
        var music = TrainingFlags.ForTraining(command);
        var steps = new StepFlags(
            command, "Excerpts", new(options.Steps, options.Batch, options.LearningRate, options.ValidateEvery, options.Seed));
        var run = RunOption.Create();
        var continuous = PositiveOption.Create("--continuous-steps", "Steps before the quantiser is switched on.", options.ContinuousSteps);
        var magnitude = PositiveOption.Create(
            "--magnitude-steps", "spectral: steps that compare magnitudes; those after them compare sound, and take longer.",
            options.MagnitudeSteps);
        var frames = PositiveOption.Create("--frames", "Length of an excerpt in frames.", options.Frames);
        var kind = new Option<string>("--kind")
        {
            Description = "spectral: works at the frame rate throughout; dac: in the shape of the Descript codec.",
            DefaultValueFactory = _ => CodecKinds.Spectral,
        };
        kind.AcceptOnlyFromAmong(CodecKinds.Spectral, CodecKinds.Dac);
        var width = PositiveOption.Create("--width", "spectral: channels.", model.Width);
        var encoder = PositiveOption.Create("--encoder-blocks", "spectral: blocks before the quantiser.", model.EncoderBlocks);
        var decoder = PositiveOption.Create("--decoder-blocks", "spectral: blocks after the quantiser.", model.DecoderBlocks);
        var course = new Option<int>("--course-bands")
        {
            Description = "spectral: broad bands whose course around a frame the second codebook codes; 0: it averages, as the others do.",
            DefaultValueFactory = _ => model.CourseBands,
            HelpName = "N",
        };
        var from = new Option<string?>("--from")
        {
            Description = "spectral: begin with the weights of this model package's codec where they fit; codebooks begin from data.",
            HelpName = "FOLDER",
        };
        var encoderWidth = PositiveOption.Create(
            "--encoder-width", "dac: channels at the audio's rate, 64 as published; all others go with them.", 16);
        var decoderOf = new Option<string?>("--decoder-of")
        {
            Description = "Train the decoder of this model package's codec alone: its tokens stay what they are.",
            HelpName = "FOLDER",
        };
        var adversarial = new Option<int?>("--adversarial-from")
        {
            Description = "From this step on, discriminators judge what the codec makes; without, never.",
            HelpName = "STEP",
        };
        var scale = PositiveOption.Create(
            "--discriminator-scale", "Width of the discriminators, 1 as published; a CPU wants less.", new AdversarialOptions().Scale);
        adversarial.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() < 0)
                result.AddError("--adversarial-from must be at least 0");
        });
        command.AddOptions(
            "The run", run, continuous, magnitude, frames, kind, width, encoder, decoder, course, from, encoderWidth, decoderOf,
            adversarial, scale);
        command.Excludes(decoderOf, kind, width, encoder, decoder, course, from, encoderWidth);
        command.SetAction((parsed, cancellationToken) => Task.Run(() =>
        {
            var (values, setup) = (steps.Read(parsed), music.Read(parsed, parsed.GetValue(run)!));
            var how = options with
            {
                Steps = values.Steps,
                Batch = values.Batch,
                LearningRate = values.LearningRate,
                ValidateEvery = values.ValidateEvery,
                Seed = values.Seed,
                ContinuousSteps = parsed.GetValue(continuous),
                MagnitudeSteps = parsed.GetValue(magnitude),
                Frames = parsed.GetValue(frames),
                Adversarial = parsed.GetValue(adversarial) is { } step
                    ? new AdversarialOptions { From = step, Scale = parsed.GetValue(scale) }
                    : null,
            };
            if (parsed.GetValue(decoderOf) is { } package)
                Trainings.TrainDecoder(setup, ModelPackage.Open(package), how, cancellationToken);
            else if (parsed.GetValue(kind) == CodecKinds.Dac)
                Trainings.TrainCodec(setup, ConvolutionalCodecOptions.OfWidth(parsed.GetValue(encoderWidth)), how, cancellationToken);
            else
                Trainings.TrainCodec(setup, model with
                {
                    Width = parsed.GetValue(width),
                    EncoderBlocks = parsed.GetValue(encoder),
                    DecoderBlocks = parsed.GetValue(decoder),
                    CourseBands = parsed.GetValue(course),
                }, parsed.GetValue(from) is { } start ? ModelPackage.Open(start) : null, how, cancellationToken);
        }, cancellationToken));
        return command;
    }
}
