using System.CommandLine;
using VampNet.Cli.Flags;
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
        var input = FileFlags.Input(command, "A .vamp file.");
        var output = FileFlags.Output(command, "What to write: .wav or .flac.");
        var matchSource = ResultFlags.MatchSource();
        command.Options.Add(matchSource);
        var format = new AudioFormatFlags(command);
        var connection = new ConnectionFlags(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetValue(output)!;
            var config = new ExpandConfig { Output = format.Read(parsed, path), MatchSource = parsed.GetValue(matchSource) };
            await using var file = Requirements.OpenInput(parsed.GetValue(input)!);
            await ResultFiles.ReceiveAsync(
                path, 1, () => connection.OpenAsync(parsed, cancellationToken),
                client => client.ExpandAsync(config, file, cancellationToken: cancellationToken), cancellationToken);
        });
        return command;
    }
}
