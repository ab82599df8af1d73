using System.CommandLine;
using Grpc.Core;
using VampNet.Cli.Flags;
using VampNet.Cli.Output;
using VampNet.Protos.Codec.V1;

namespace VampNet.Cli.Commands;

/// <summary><c>vampnet decode IN -o OUT</c>: tokens to music.</summary>
internal static class DecodeCommand
{
    public static Command Create()
    {
        var command = new Command("decode", "Turn tokens back into music, as long and as loud as it was.");
        var input = FileFlags.Input(command, "Tokens that \"encode\" wrote.");
        var output = FileFlags.Output(command, "What to write: .wav or .flac.");
        var format = new AudioFormatFlags(command);
        var connection = new ConnectionFlags(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetValue(output)!;
            var outputFormat = format.Read(parsed, path);
            var tokens = TokenFile.Read(parsed.GetValue(input)!);
            var config = new DecodeConfig
            {
                Output = outputFormat,
                Model = connection.ModelName(parsed),
                Samples = tokens.Samples,
                GainDb = -tokens.GainDb,
            };
            await using var file = new OutputFile(path);
            await using var gateway = await connection.OpenAsync(parsed, cancellationToken);
            var header = await gateway.Client.DecodeAsync(
                tokens.Tokens, config, file.Stream, new CallOptions(cancellationToken: cancellationToken));
            await file.CommitAsync();
            Console.WriteLine($"wrote   {path}: {(double)header.Samples / header.SampleRate:0.00} s");
        });
        return command;
    }
}
