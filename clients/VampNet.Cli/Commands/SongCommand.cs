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
        var format = new AudioFormatFlags(command);
        var coarse = new SamplingFlags(command, "", "");
        var fine = new SamplingFlags(command, "fine-", "; of the fine stage, as the coarse one unless given");
        var connection = new ConnectionFlags(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetValue(output)!;
            var config = new VampConfig { Output = format.Read(parsed, path), CoarseSampling = coarse.Read(parsed) };
            config.FineSampling = fine.Read(parsed, config.CoarseSampling);
            song.Read(parsed, config);
            read(parsed, config);
            await using var audio = FileFlags.Open(parsed.GetValue(input)!);
            await using var files = new SongFiles(path, config.Variations);
            await VampDisplay.RunAsync(async report =>
            {
                await using var gateway = await connection.OpenAsync(parsed, cancellationToken);
                await foreach (var response in gateway.Client.VampAsync(config, audio, cancellationToken: cancellationToken))
                {
                    if (response.Progress is { } progress)
                        report(progress);
                    else
                        await files.TakeAsync(response, cancellationToken);
                }
            });
            await files.CommitAsync();
        });
        return command;
    }
}
