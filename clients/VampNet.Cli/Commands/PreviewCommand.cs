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
        var music = new MusicFlags(command);
        var prompts = new PromptFlags(command);
        var source = new SourceFlags(command);
        var output = new OutputFlags(command, "The mask as a picture (SVG).", required: false);
        var connection = new ConnectionFlags(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var config = new VampConfig
            {
                Input = music.Format(parsed),
                Prompt = prompts.Read(parsed),
                Model = connection.ModelName(parsed),
            };
            source.Read(parsed, config);
            await using var picture = await output.OpenAsync(parsed, cancellationToken, music.Path(parsed));
            await using var audio = await music.OpenAsync(parsed, cancellationToken);
            await using var gateway = await connection.OpenAsync(parsed, cancellationToken);
            var preview = await gateway.Client.PreviewAsync(config.ToPreview(), audio, new(cancellationToken: cancellationToken));
            MaskDisplay.Print(preview);
            if (picture is not null)
            {
                picture.Stream.Write(Encoding.UTF8.GetBytes(MaskPicture.Svg(preview.Mask)));
                await picture.CommitAsync();
            }
            Warnings.OfDamage(preview.Source.Damage);
            Warnings.OfPrompt(preview.Config.ToVamp(), preview.Source, preview.Figures);
        });
        return command;
    }
}
