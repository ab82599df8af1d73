using System.CommandLine;
using VampNet.Cli.Flags;
using VampNet.Cli.Help;
using VampNet.Cli.Output;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Cli.Commands;

/// <summary><c>vampnet expand track.vamp -o OUT</c>: generates what a .vamp file does not hold.</summary>
internal static class ExpandCommand
{
    public static Command Create()
    {
        var command = new Command(
            "expand", "Make music of a .vamp file: the same as vamp made with its settings, on any machine with its model.");
        var batch = new BatchFlags(command, "A .vamp file;", [".vamp"], AudioFormatFlags.Output, AudioFormatFlags.Extensions);
        var matchSource = ResultFlags.MatchSource();
        command.AddOptions("The results", matchSource);
        var format = new AudioFormatFlags(command);
        var connection = new ConnectionFlags(command);
        command.SetAction((parsed, cancellationToken) => batch.RunAsync(parsed, connection, outputs: 1, async (job, open) =>
        {
            var (asked, made) = format.Read(parsed, job.Output);
            var config = new ExpandConfig { Output = asked, MatchSource = parsed.GetValue(matchSource) };
            await using var file = await StandardStreams.OpenInputAsync(job.Input, cancellationToken);
            var files = await batch.OpenAudioAsync(parsed, job, variations: 1, made, cancellationToken);
            await ResultFiles.ReceiveAsync(
                files, warns: false, open, client => client.ExpandAsync(config, file, cancellationToken: cancellationToken),
                cancellationToken);
        }, cancellationToken));
        return command;
    }
}
