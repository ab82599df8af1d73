using System.CommandLine;
using Grpc.Core;
using VampNet.Cli.Flags;
using VampNet.Cli.Help;
using VampNet.Cli.Output;
using VampNet.Client;
using VampNet.Core;
using VampNet.Core.Tokens;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;

namespace VampNet.Cli.Commands;

/// <summary><c>vampnet embed IN -o OUT.npy --layer N</c>: music to the activations of a transformer layer.</summary>
internal static class EmbedCommand
{
    public static Command Create()
    {
        var command = new Command(
            "embed", "Write what a transformer layer makes of music: one vector a frame, 57.4 frames a second, each window by itself.");
        var batch = new BatchFlags(
            command, MusicFlags.Input, MusicFlags.Extensions, "What to write: a NumPy array (frames, dimension) of float32.", [".npy"]);
        var music = new MusicFlags(command);
        var layer = new Option<uint?>("--layer") { Description = "0 = the embedding, before any layer (the last layer).", HelpName = "N" };
        command.AddOptions(ComputeFlags.Group, layer);
        var stage = new StageFlag(command, absent: "coarse");
        var connection = new ConnectionFlags(command);
        command.SetAction((parsed, cancellationToken) => batch.RunAsync(parsed, connection, outputs: 1, async (job, open) =>
        {
            var of = stage.Read(parsed) ?? GeneratorStage.Coarse;
            await using var audio = await StandardStreams.OpenInputAsync(job.Input, cancellationToken);
            await using var file = await batch.OpenAsync(parsed, job, cancellationToken);
            var gateway = await open();
            var options = new CallOptions(cancellationToken: cancellationToken);
            var name = connection.ModelName(parsed);
            var encoded = await gateway.Client.EncodeAsync(
                audio, new EncodeConfig { Input = music.Format(parsed), Model = name }, options);
            Warnings.OfDamage(encoded.Header.Source.Damage);
            var model = await gateway.Client.GetModelAsync(of, name, options);
            var tokens = encoded.Tokens.ToGrid().TakeCodebooks((int)model.Codebooks);
            var values = new List<float>();
            foreach (var window in SeparateWindows.Cut(tokens, (int)model.WindowFrames))
            {
                var request = new EmbedRequest { Tokens = window.ToTensor(), Layer = parsed.GetValue(layer) ?? model.Layers, Model = name };
                values.AddRange(Floats.FromBytes((await gateway.Client.EmbedAsync(of, request, options)).Data.Span));
            }
            NpyFile.Write(file.Stream, [.. values], tokens.Frames, (int)model.Dimension);
            await file.CommitAsync();
            Facts.Add("output", file.Path, $"wrote   {file.Path}: {tokens.Frames} frames x {model.Dimension}");
            Facts.Append("shape", tokens.Frames);
            Facts.Append("shape", model.Dimension);
        }, cancellationToken));
        return command;
    }
}
