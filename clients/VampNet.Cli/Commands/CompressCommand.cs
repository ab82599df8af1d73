using System.CommandLine;
using VampNet.Cli.Flags;
using VampNet.Cli.Output;
using VampNet.Client;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Cli.Commands;

/// <summary><c>vampnet compress IN -o track.vamp</c>: what the prompt keeps, as a file that expands again.</summary>
internal static class CompressCommand
{
    public static Command Create()
    {
        var command = new Command("compress", "Write what the prompts keep of music to a .vamp file, which expand makes music again.");
        var batch = new BatchFlags(command, MusicFlags.Input, MusicFlags.Extensions, "What to write: .vamp.", [".vamp"]);
        var music = new MusicFlags(command);
        var prompts = new PromptFlags(command);
        var source = new SourceFlags(command);
        var sampling = new StageSamplingFlags(command);
        var connection = new ConnectionFlags(command);
        command.SetAction((parsed, cancellationToken) => batch.RunAsync(parsed, connection, outputs: 1, async (job, open) =>
        {
            var config = new VampConfig
            {
                Input = music.Format(parsed),
                Prompt = prompts.Read(parsed),
                Model = connection.ModelName(parsed),
            };
            source.Read(parsed, config);
            sampling.Read(parsed, config);
            await using var audio = await StandardStreams.OpenInputAsync(job.Input, cancellationToken);
            await using var file = await batch.OpenAsync(parsed, job, cancellationToken);
            var gateway = await open();
            var compressed = await gateway.Client.CompressAsync(config.ToCompress(), audio, new(cancellationToken: cancellationToken));
            compressed.File.WriteTo(file.Stream);
            await file.CommitAsync();
            var bitrate = 8 * compressed.File.Length / compressed.Source.Seconds;
            Facts.Add("output", file.Path, $"wrote   {file.Path}: {compressed.File.Length} bytes");
            Facts.Add("bitsPerSecond", bitrate, $"on disk {bitrate:0} bit/s, for {compressed.Source.Seconds:0.0} s");
            Facts.Add("seed", compressed.Config.Seed, $"seed    {compressed.Config.Seed}");
            MaskDisplay.Print(compressed.Figures);
            Warnings.OfDamage(compressed.Source.Damage);
            Warnings.OfPrompt(compressed.Config.ToVamp(), compressed.Source, compressed.Figures);
        }, cancellationToken));
        return command;
    }
}
