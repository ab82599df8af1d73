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
        var input = InputArgument.Create(command, "Tokens that \"encode\" wrote.");
        var output = new OutputFlags(command, "What to write: .wav, .flac, .aiff, .ogg (Vorbis), .opus or .mp3.");
        var format = new AudioFormatFlags(command);
        var connection = new ConnectionFlags(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (asked, made) = format.Read(parsed, output.Path(parsed)!);
            var tokens = await TokenFile.ReadAsync(parsed.GetValue(input)!, cancellationToken);
            var config = new DecodeConfig
            {
                Output = asked,
                Model = connection.ModelName(parsed),
                Samples = tokens.Samples,
                GainDb = -tokens.GainDb,
            };
            await using var file = (await output.OpenAudioAsync(parsed, 1, made, cancellationToken, parsed.GetValue(input)))[0];
            await using var gateway = await connection.OpenAsync(parsed, cancellationToken);
            var header = await gateway.Client.DecodeAsync(
                tokens.Tokens, config, file.Stream, new CallOptions(cancellationToken: cancellationToken));
            await file.CommitAsync();
            Console.WriteLine($"wrote   {file.Path}: {(double)header.Samples / header.SampleRate:0.00} s");
        });
        return command;
    }
}
