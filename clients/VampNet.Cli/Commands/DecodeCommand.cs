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
        var batch = new BatchFlags(
            command, "Tokens that \"encode\" wrote;", [TokenFile.Extension], AudioFormatFlags.Output, AudioFormatFlags.Extensions);
        var format = new AudioFormatFlags(command);
        var connection = new ConnectionFlags(command);
        command.SetAction((parsed, cancellationToken) => batch.RunAsync(parsed, connection, outputs: 1, async (job, open) =>
        {
            var (asked, made) = format.Read(parsed, job.Output);
            var tokens = await TokenFile.ReadAsync(job.Input, cancellationToken);
            var config = new DecodeConfig
            {
                Output = asked,
                Model = connection.ModelName(parsed),
                Samples = tokens.Samples,
                GainDb = -tokens.GainDb,
            };
            await using var file = (await batch.OpenAudioAsync(parsed, job, variations: 1, made, cancellationToken))[0];
            var gateway = await open();
            var header = await gateway.Client.DecodeAsync(
                tokens.Tokens, config, file.Stream, new CallOptions(cancellationToken: cancellationToken));
            await file.CommitAsync();
            var seconds = (double)header.Samples / header.SampleRate;
            Facts.Add("output", file.Path, $"wrote   {file.Path}: {seconds:0.00} s");
            Facts.AddQuietly("seconds", seconds);
        }, cancellationToken));
        return command;
    }
}
