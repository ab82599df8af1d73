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
        var music = new MusicFlags(command);
        var output = new OutputFlags(command, "What to write: tokens in a safetensors file.");
        var preparation = new PreparationFlags(command);
        var connection = new ConnectionFlags(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var audio = await music.OpenAsync(parsed, cancellationToken);
            await using var file = (await output.OpenAsync(parsed, cancellationToken, music.Path(parsed)))!;
            await using var gateway = await connection.OpenAsync(parsed, cancellationToken);
            var config = preparation.Read(parsed);
            config.Input = music.Format(parsed);
            config.Model = connection.ModelName(parsed);
            var encoded = await gateway.Client.EncodeAsync(audio, config, new CallOptions(cancellationToken: cancellationToken));
            Warnings.OfDamage(encoded.Header.Source.Damage);
            TokenFile.From(encoded).Write(file.Stream);
            await file.CommitAsync();
            Console.WriteLine($"wrote   {file.Path}: {encoded.Tokens.Codebooks} codebooks x {encoded.Tokens.Frames} frames");
        });
        return command;
    }
}
