using System.CommandLine;
using System.Text;
using VampNet.Cli.Flags;
using VampNet.Cli.Output;
using VampNet.Client;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Cli.Commands;

/// <summary><c>vampnet preview IN</c>: what a prompt would keep, without generating.</summary>
internal static class PreviewCommand
{
    public static Command Create()
    {
        var command = new Command("preview", "Say what the prompts would keep of a track, without generating.");
        var batch = new BatchFlags(
            command, MusicFlags.Input, MusicFlags.Extensions, "The mask as a picture (SVG).", [".svg"], prints: true);
        var music = new MusicFlags(command);
        var prompts = new PromptFlags(command);
        var source = new SourceFlags(command);
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
            await using var audio = await StandardStreams.OpenInputAsync(job.Input, cancellationToken);
            await using var picture = await batch.OpenOrPrintAsync(parsed, job, cancellationToken);
            var gateway = await open();
            var preview = await gateway.Client.PreviewAsync(config.ToPreview(), audio, new(cancellationToken: cancellationToken));
            MaskDisplay.Print(preview);
            if (picture is not null)
            {
                picture.Stream.Write(Encoding.UTF8.GetBytes(MaskPicture.Svg(preview.Mask)));
                await picture.CommitAsync();
                Facts.AddQuietly("output", picture.Path);
            }
            Warnings.OfDamage(preview.Source.Damage);
            Warnings.OfPrompt(preview.Config.ToVamp(), preview.Source, preview.Figures);
        }, cancellationToken));
        return command;
    }
}
