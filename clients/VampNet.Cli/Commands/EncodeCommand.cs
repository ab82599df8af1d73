using System.CommandLine;
using Grpc.Core;
using VampNet.Cli.Flags;
using VampNet.Cli.Output;

namespace VampNet.Cli.Commands;

/// <summary><c>vampnet encode IN -o OUT</c>: music to tokens.</summary>
internal static class EncodeCommand
{
    public static Command Create()
    {
        var command = new Command("encode", "Turn music into tokens.");
        var batch = new BatchFlags(
            command, MusicFlags.Input, MusicFlags.Extensions, "What to write: tokens in a safetensors file.", [TokenFile.Extension]);
        var music = new MusicFlags(command);
        var preparation = new PreparationFlags(command);
        var connection = new ConnectionFlags(command);
        command.SetAction((parsed, cancellationToken) => batch.RunAsync(parsed, connection, outputs: 1, async (job, open) =>
        {
            await using var audio = await StandardStreams.OpenInputAsync(job.Input, cancellationToken);
            await using var file = await batch.OpenAsync(parsed, job, cancellationToken);
            var gateway = await open();
            var config = preparation.Read(parsed);
            config.Input = music.Format(parsed);
            config.Model = connection.ModelName(parsed);
            var encoded = await gateway.Client.EncodeAsync(audio, config, new CallOptions(cancellationToken: cancellationToken));
            Warnings.OfDamage(encoded.Header.Source.Damage);
            TokenFile.From(encoded).Write(file.Stream);
            await file.CommitAsync();
            var (codebooks, frames) = (encoded.Tokens.Codebooks, encoded.Tokens.Frames);
            Facts.Add("output", file.Path, $"wrote   {file.Path}: {codebooks} codebooks x {frames} frames");
            Facts.Append("shape", codebooks);
            Facts.Append("shape", frames);
        }, cancellationToken));
        return command;
    }
}
