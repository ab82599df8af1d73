using System.CommandLine;
using VampNet.Cli.Flags;
using VampNet.Cli.Output;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Cli.Commands;

/// <summary>What the verbs that make songs share: audio in, audio out, and how to get from one to the other.</summary>
internal static class SongCommand
{
    /// <param name="own">adds the verb's own options; the result reads them into a request</param>
    public static Command Create(string name, string description, Func<Command, Action<ParseResult, VampConfig>> own)
    {
        var command = new Command(name, description);
        var input = FileFlags.Input("Music: WAV, FLAC, OGG Vorbis, Opus or MP3.");
        var output = FileFlags.Output("What to write: .wav or .flac.");
        command.Arguments.Add(input);
        command.Options.Add(output);
        var read = own(command);
        var song = new SongFlags(command);
        var results = new ResultFlags(command);
        var format = new AudioFormatFlags(command);
        var sampling = new StageSamplingFlags(command);
        var connection = new ConnectionFlags(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetValue(output)!;
            var config = new VampConfig { Output = format.Read(parsed, path), Model = connection.ModelName(parsed) };
            song.Read(parsed, config);
            results.Read(parsed, config);
            sampling.Read(parsed, config);
            read(parsed, config);
            await using var audio = Requirements.OpenInput(parsed.GetValue(input)!);
            await SongFiles.ReceiveAsync(
                path, config.Variations, () => connection.OpenAsync(parsed, cancellationToken),
                client => client.VampAsync(config, audio, cancellationToken: cancellationToken), cancellationToken);
        });
        return command;
    }
}
