using System.CommandLine;
using VampNet.Cli.Flags;
using VampNet.Cli.Help;
using VampNet.Cli.Output;
using VampNet.Client;
using VampNet.Evaluation;
using VampNet.Evaluation.Embeddings;
using VampNet.Evaluation.Reports;
using VampNet.Model.Checkpoints;
using VampNet.Training.Data;

namespace VampNet.Cli.Commands;

/// <summary><c>vampnet eval steps|prompts|bitrates|presets|all</c>: the paper's experiments over the served models.</summary>
internal static class EvalCommand
{
    private const int BootstrapSeed = 1;

    public static Command Create() => new("eval", "Measure the models as the paper does, on held-out music, and write a report.")
    {
        Verb("steps", "Sampling steps: 1 to 72, every 16th frame kept.", (experiments, _) => [experiments.Steps()]),
        Verb("prompts", "Prompts against each other, and a continuation.", (experiments, _) => [experiments.Prompts()]),
        Verb("bitrates", "Compression, from 8 kbit/s to 25 bit/s.", (experiments, _) => [experiments.Bitrates()]),
        Verb(
            "presets", "The presets, the default prompt, and the coarse codebooks alone.",
            (experiments, presets) => [experiments.Presets(presets)]),
        Verb("all", "Every experiment, in one report.", (experiments, presets) => [.. experiments.All, experiments.Presets(presets)]),
    };

    private static Command Verb(string name, string description, Func<Experiments, IEnumerable<string>, IReadOnlyList<Experiment>> choose)
    {
        var command = new Command(name, description);
        var music = new Option<string>("--music")
        {
            Description = "Folder of music.",
            DefaultValueFactory = _ => "data/music",
            HelpName = "FOLDER",
        };
        var cache = new Option<string>("--cache")
        {
            Description = "Folder for prepared audio.",
            DefaultValueFactory = _ => "data/cache",
            HelpName = "FOLDER",
        };
        var heldOut = new Option<string>("--held-out")
        {
            Description = "List of the tracks to measure with: a path relative to --music on each line.",
            Required = true,
            HelpName = "FILE",
        };
        var count = new Option<int>("--excerpts")
        {
            Description = "Stretches of music, spread over the tracks; at least 2.",
            DefaultValueFactory = _ => 24,
            HelpName = "N",
        };
        var seconds = new Option<double>("--seconds") { Description = "Of each stretch; 5 to 600.", DefaultValueFactory = _ => 10 };
        var parallel = new Option<int>("--parallel")
        {
            Description = "Stretches at work at once.",
            DefaultValueFactory = _ => 4,
            HelpName = "N",
        };
        var vggish = new Option<string?>("--vggish")
        {
            Description = "Weights of VGGish (features.N, embeddings.N; .pth or .safetensors), for the Fréchet audio distance. Without: "
                + "a distance of our own.",
            HelpName = "FILE",
        };
        var output = new Option<string>("--output", "-o") { Description = "Folder of the report.", Required = true, HelpName = "FOLDER" };
        count.Validators.Add(result => Require(result.GetValueOrDefault<int>() >= 2, "--excerpts must be at least 2", result));
        seconds.Validators.Add(
            result => Require(result.GetValueOrDefault<double>() is >= 5 and <= 600, "--seconds must be 5 to 600", result));
        parallel.Validators.Add(result => Require(result.GetValueOrDefault<int>() >= 1, "--parallel must be at least 1", result));
        command.AddOptions("The experiment", music, cache, heldOut, count, seconds, parallel, vggish, output);
        var connection = new ConnectionFlags(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var embedding = Embedding(parsed.GetValue(vggish));
            using var library = Library(parsed.GetValue(music)!, parsed.GetValue(cache)!, parsed.GetValue(heldOut)!, cancellationToken);
            var excerpts = Excerpt.Of(library.HeldOut, parsed.GetValue(count), parsed.GetValue(seconds));
            await using var gateway = await connection.OpenAsync(parsed, cancellationToken);
            var model = (await gateway.Client.ListModelsAsync())
                .First(m => connection.ModelName(parsed) is var wanted && (wanted.Length == 0 || m.Name == wanted));
            var report = new EvaluationReport(
                $"{model.Package} {model.Version}", $"./vampnet {string.Join(' ', Environment.GetCommandLineArgs().Skip(1))}",
                excerpts.Count, parsed.GetValue(seconds), [.. library.HeldOut.Select(t => t.Name)], embedding.Distance);
            using var evaluator = new Evaluator(excerpts, embedding, BootstrapSeed, TimeProvider.System, Console.WriteLine);
            var presets = (await gateway.Client.GetModelAsync(GeneratorStage.Coarse, model.Name)).Presets.Select(preset => preset.Name);
            var experiments = new Experiments(gateway.Client, connection.ModelName(parsed), parsed.GetValue(seconds));
            var atOnce = parsed.GetValue(parallel);
            foreach (var experiment in choose(experiments, presets).Prepend(experiments.Baselines()))
            {
                report.Add(experiment, await evaluator.RunAsync(experiment, atOnce, cancellationToken));
                report.Write(parsed.GetValue(output)!); // after each, so that none is lost
                if (!experiment.IsThorough)
                    continue;
                report.Add(experiment, await RenderedPieces.RunAsync(experiment, atOnce, Console.WriteLine, cancellationToken));
                report.Write(parsed.GetValue(output)!);
            }
            Facts.Add("output", parsed.GetValue(output), $"wrote   {parsed.GetValue(output)}");
        });
        return command;
    }

    private static IAudioEmbedding Embedding(string? vggish)
    {
        if (vggish is null)
            return new SpectralStatistics();
        Requirements.HasFile(vggish);
        try
        {
            return new Vggish(vggish);
        }
        catch (CheckpointException error)
        {
            throw new BadInputException(error.Message);
        }
    }

    private static MusicLibrary Library(string music, string cache, string heldOut, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(music))
            throw new BadInputException($"--music {music} is no folder");
        Requirements.HasFile(heldOut);
        return MusicLibrary.OpenHeldOut(
            music, cache, MusicLibrary.ReadHeldOutList(heldOut), Excerpt.SampleRate, Console.WriteLine, cancellationToken);
    }

    private static void Require(bool condition, string message, System.CommandLine.Parsing.OptionResult result)
    {
        if (!condition)
            result.AddError(message);
    }
}
