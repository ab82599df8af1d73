using System.CommandLine;
using System.Text.Json.Nodes;
using Grpc.Core;
using VampNet.Cli.Flags;
using VampNet.Cli.Help;
using VampNet.Cli.Output;
using VampNet.Client;
using VampNet.Core;
using VampNet.Core.Prompts;
using VampNet.Core.Tokens;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Services.Hosting.Mapping;

namespace VampNet.Cli.Commands;

/// <summary><c>vampnet score IN</c>: how well the models predict the tokens of music that are hidden from them.</summary>
internal static class ScoreCommand
{
    public static Command Create()
    {
        var command = new Command(
            "score",
            "Hide tokens of music, and print how likely the models find them: mean log-probability (nats) and perplexity, a line a "
                + "codebook.");
        var batch = new BatchFlags(
            command, MusicFlags.Input, MusicFlags.Extensions,
            "Write the log-probabilities there: a NumPy array (codebooks, frames) of float32, 0 where nothing was hidden.", [".npy"],
            prints: true);
        var music = new MusicFlags(command);
        var mask = new Option<string?>("--mask")
        {
            Description = "What to hide: safetensors, tensor \"mask\" (codebooks, frames) of BOOL or U8, 1 = hidden.",
            HelpName = "FILE",
        };
        var random = new Option<double>("--random")
        {
            Description = "Without --mask: hide each token with this probability.",
            DefaultValueFactory = _ => 0.5,
            HelpName = "0..1",
        };
        var seed = new Option<ulong>("--seed") { Description = "Of --random.", HelpName = "N" };
        command.AddOptions("What is hidden", mask, random, seed);
        var stage = new StageFlag(command, absent: "both");
        var connection = new ConnectionFlags(command);
        command.SetAction((parsed, cancellationToken) => batch.RunAsync(parsed, connection, outputs: 1, async (job, open) =>
        {
            var given = parsed.GetValue(mask) is { } path ? MaskFile.Read(path).ToModel("mask", int.MaxValue) : null;
            await using var audio = await StandardStreams.OpenInputAsync(job.Input, cancellationToken);
            await using var file = await batch.OpenOrPrintAsync(parsed, job, cancellationToken, parsed.GetValue(mask));
            var gateway = await open();
            var options = new CallOptions(cancellationToken: cancellationToken);
            var name = connection.ModelName(parsed);
            var encoded = await gateway.Client.EncodeAsync(
                audio, new EncodeConfig { Input = music.Format(parsed), Model = name }, options);
            Warnings.OfDamage(encoded.Header.Source.Damage);
            var tokens = encoded.Tokens.ToGrid();
            var hidden = given ?? Random(tokens, parsed.GetValue(random), parsed.GetValue(seed));
            if (hidden.Codebooks != tokens.Codebooks || hidden.Frames != tokens.Frames)
                throw new BadInputException(
                    $"--mask is {hidden.Codebooks} x {hidden.Frames}, the music has {tokens.Codebooks} codebooks x {tokens.Frames} frames");

            var scores = new float[tokens.Data.Length];
            GeneratorStage[] stages = stage.Read(parsed) is { } one ? [one] : [GeneratorStage.Coarse, GeneratorStage.Fine];
            foreach (var of in stages)
            {
                foreach (var codebook in await ScoreAsync(gateway.Client, of, name, tokens, hidden, scores, options))
                    Print(codebook, scores.AsSpan(codebook * tokens.Frames, tokens.Frames), hidden);
            }
            if (file is null)
                return;
            NpyFile.Write(file.Stream, scores, tokens.Codebooks, tokens.Frames);
            await file.CommitAsync();
            Facts.AddQuietly("output", file.Path);
        }, cancellationToken));
        return command;
    }

    private static TokenMask Random(TokenGrid tokens, double probability, ulong seed)
    {
        if (!(probability is >= 0 and <= 1))
            throw new BadInputException($"--random {probability} is no probability: 0 to 1");
        return new Prompt.Random(probability).ToMask(new PromptScene(tokens.Codebooks, tokens.Frames, FrameRate.VampNet, seed));
    }

    /// <summary>Fills in the scores of the codebooks that a stage predicts, window by window; returns these codebooks.</summary>
    private static async Task<IEnumerable<int>> ScoreAsync(
        VampNetClient client, GeneratorStage stage, string name, TokenGrid tokens, TokenMask hidden, float[] scores, CallOptions options)
    {
        var model = await client.GetModelAsync(stage, name, options);
        var (codebooks, conditioning, window) = ((int)model.Codebooks, (int)model.ConditioningCodebooks, (int)model.WindowFrames);
        var seen = hidden.ShowCodebooks(conditioning).Apply(tokens).TakeCodebooks(codebooks);
        var from = 0;
        foreach (var (all, visible) in SeparateWindows.Cut(tokens.TakeCodebooks(codebooks), window).Zip(SeparateWindows.Cut(seen, window)))
        {
            if (visible.HasMask)
            {
                var mask = new TokenMask(codebooks, all.Frames, Array.ConvertAll(visible.Data.ToArray(), token => token == TokenGrid.Mask));
                var response = await client.ScoreAsync(
                    stage, new ScoreRequest { Tokens = all.ToTensor(), Mask = mask.ToProto(), Model = name }, options);
                var values = Floats.FromBytes(response.Data.Span);
                for (var c = conditioning; c < codebooks; c++)
                    values.AsSpan(c * all.Frames, all.Frames).CopyTo(scores.AsSpan(c * tokens.Frames + from));
            }
            from += all.Frames;
        }
        return Enumerable.Range(conditioning, codebooks - conditioning);
    }

    private static void Print(int codebook, ReadOnlySpan<float> scores, TokenMask hidden)
    {
        var count = hidden.Hidden.Slice(codebook * hidden.Frames, hidden.Frames).Count(true);
        var sum = 0.0;
        foreach (var score in scores)
            sum += score;
        Facts.Append("codebooks", new JsonObject
        {
            ["codebook"] = codebook,
            ["hidden"] = count,
            ["logProbability"] = count == 0 ? null : sum / count,
        });
        if (!Facts.AreJson)
            Console.WriteLine(count == 0
                ? $"codebook {codebook,2}  nothing hidden"
                : $"codebook {codebook,2}  log p {sum / count,7:0.000}  perplexity {Math.Exp(-sum / count),7:0.0}  of {count} tokens");
    }
}
