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
        var input = InputArgument.Create(command, "A .vamp file.");
        var output = new OutputFlags(command, "What to write: .wav, .flac, .aiff, .ogg (Vorbis), .opus or .mp3.");
        var matchSource = ResultFlags.MatchSource();
        command.Options.Add(matchSource);
        var format = new AudioFormatFlags(command);
        var connection = new ConnectionFlags(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (asked, made) = format.Read(parsed, output.Path(parsed)!);
            var config = new ExpandConfig { Output = asked, MatchSource = parsed.GetValue(matchSource) };
            await using var file = await StandardStreams.OpenInputAsync(parsed.GetValue(input)!, cancellationToken);
            var files = await output.OpenAudioAsync(parsed, 1, made, cancellationToken, parsed.GetValue(input));
            await ResultFiles.ReceiveAsync(
                files, warns: false, () => connection.OpenAsync(parsed, cancellationToken),
                client => client.ExpandAsync(config, file, cancellationToken: cancellationToken), cancellationToken);
        });
        return command;
    }
}
