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
        var music = new MusicFlags(command);
        var output = new OutputFlags(command, "What to write: .vamp.");
        var prompts = new PromptFlags(command);
        var source = new SourceFlags(command);
        var sampling = new StageSamplingFlags(command);
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
            sampling.Read(parsed, config);
            await using var audio = await music.OpenAsync(parsed, cancellationToken);
            await using var file = (await output.OpenAsync(parsed, cancellationToken, music.Path(parsed)))!;
            await using var gateway = await connection.OpenAsync(parsed, cancellationToken);
            var compressed = await gateway.Client.CompressAsync(config.ToCompress(), audio, new(cancellationToken: cancellationToken));
            compressed.File.WriteTo(file.Stream);
            await file.CommitAsync();
            Console.WriteLine($"wrote   {file.Path}: {compressed.File.Length} bytes");
            Console.WriteLine(
                $"on disk {8 * compressed.File.Length / compressed.Source.Seconds:0} bit/s, for {compressed.Source.Seconds:0.0} s");
            Console.WriteLine($"seed    {compressed.Config.Seed}");
            MaskDisplay.Print(compressed.Figures);
            Warnings.OfDamage(compressed.Source.Damage);
            Warnings.OfPrompt(compressed.Config.ToVamp(), compressed.Source, compressed.Figures);
        });
        return command;
    }
}
