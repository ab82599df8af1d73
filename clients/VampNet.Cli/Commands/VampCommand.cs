using System.CommandLine;
using VampNet.Cli.Flags;
using VampNet.Cli.Output;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Cli.Commands;

/// <summary><c>vampnet vamp IN -o OUT</c>: the whole pipeline.</summary>
internal static class VampCommand
{
    public static Command Create()
    {
        var command = new Command("vamp", "Make a variation of music: keep what the prompts say, generate the rest.");
        var input = FileFlags.Input("Music: WAV, FLAC, OGG Vorbis, Opus or MP3.");
        var output = FileFlags.Output("What to write: .wav or .flac.");
        var seed = new Option<ulong?>("--seed") { Description = "The same seed gives the same vamp; without, one is drawn and printed.", HelpName = "N" };
        command.Arguments.Add(input);
        command.Options.Add(output);
        command.Options.Add(seed);
        var format = new AudioFormatFlags(command);
        var prompts = new PromptFlags(command);
        var coarse = new SamplingFlags(command, "", "");
        var fine = new SamplingFlags(command, "fine-", "; of the fine stage, as the coarse one unless given");
        var connection = new ConnectionFlags(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetValue(output)!;
            var config = new VampConfig { Prompt = prompts.Read(parsed), Output = format.Read(parsed, path), CoarseSampling = coarse.Read(parsed) };
            config.FineSampling = fine.Read(parsed, config.CoarseSampling);
            if (parsed.GetValue(seed) is { } chosen)
                config.Seed = chosen;
            await using var audio = FileFlags.Open(parsed.GetValue(input)!);
            await using var file = new OutputFile(path);
            VampSummary? summary = null;
            await VampDisplay.RunAsync(async report =>
            {
                await using var gateway = await connection.OpenAsync(parsed, cancellationToken);
                await foreach (var response in gateway.Client.VampAsync(config, audio, cancellationToken: cancellationToken))
                {
                    if (response.Progress is { } progress)
                        report(progress);
                    else if (response.ContentCase == VampResponse.ContentOneofCase.Audio)
                        await file.Stream.WriteAsync(response.Audio.Memory, cancellationToken);
                    else
                        summary = response.Summary ?? summary;
                }
            });
            if (summary is null)
                throw new InvalidDataException("the gateway ended without a summary");
            await file.CommitAsync();
            VampDisplay.Print(path, summary);
        });
        return command;
    }
}
