using System.CommandLine;
using VampNet.Cli.Help;
using VampNet.Cli.Output;
using VampNet.Core;
using VampNet.Model.Checkpoints;
using VampNet.Model.Checkpoints.Torch;
using VampNet.Model.Packages;

namespace VampNet.Cli.Commands;

/// <summary><c>vampnet convert IN -o OUT</c>: the reference's checkpoints to a model package, or one of them to safetensors.</summary>
internal static class ConvertCommand
{
    private static readonly Argument<string> Input = new("IN")
    {
        Description = "A folder with coarse.pth, c2f.pth, codec.pth, wavebeat.pth and loras/NAME, each if there; or one .pth file.",
    };
    private static readonly Option<string> Output = new("--output", "-o")
    {
        Description = "The folder of the model package to write; for one file, the .safetensors file.",
        Required = true,
        HelpName = "OUT"
    };
    private static readonly Option<bool> Force = new("--force") { Description = "Replace a package or a file that exists." };
    private static readonly Option<string?> Name = new("--name") { Description = "Of the model." };
    private static readonly Option<string?> Licence = new("--licence") { Description = "Of the weights, as an SPDX identifier." };
    private static readonly Option<string> Version = new("--weights-version")
    {
        Description = "Of the weights.",
        DefaultValueFactory = _ => "1.0",
        HelpName = "VERSION",
    };
    private static readonly Option<string?> Codec = Instead("--codec", "codec.pth");
    private static readonly Option<string?> Coarse = Instead("--coarse", "coarse.pth");
    private static readonly Option<string?> Fine = Instead("--fine", "c2f.pth");
    private static readonly Option<string?> Beats = Instead("--beats", "wavebeat.pth");
    private static readonly Option<string[]> Loras = new("--lora")
    {
        Description = "One more fine-tuning; may be given several times.",
        HelpName = "NAME=FOLDER",
        DefaultValueFactory = _ => []
    };

    public static Command Create()
    {
        var command = new Command(
            "convert",
            "Turn checkpoints of the public VampNet into a model package, which is what --model takes. No code of the files is "
                + "run.") { Input };
        command.AddOptions("The package", Output, Force, Name, Licence, Version, Codec, Coarse, Fine, Beats, Loras);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (input, output) = (parsed.GetValue(Input)!, parsed.GetValue(Output)!);
            try
            {
                if (Directory.Exists(input))
                    ConvertFolder(parsed, input, output);
                else
                    await ConvertFileAsync(input, output, parsed.GetValue(Force), cancellationToken);
            }
            catch (CheckpointException error)
            {
                throw new BadInputException(error.Message);
            }
        });
        return command;
    }

    private static async Task ConvertFileAsync(string input, string output, bool replaces, CancellationToken cancellationToken)
    {
        Requirements.HasFile(input);
        await using var file = await OutputFile.OpenAsync(output, replaces, [input], null, cancellationToken);
        var table = TorchCheckpoint.Read(input);
        Safetensors.Write(file.Stream, table);
        await file.CommitAsync();
        Facts.Add("output", output, $"wrote   {output}: {table.Tensors.Count} tensors");
    }

    private static void ConvertFolder(ParseResult parsed, string input, string output)
    {
        var sources = new PackageSources
        {
            Name = parsed.GetValue(Name) ?? throw new BadInputException("convert: --name says what the model is called"),
            Version = parsed.GetValue(Version)!,
            Licence = parsed.GetValue(Licence) ?? throw new BadInputException("convert: --licence says what the weights come under"),
            Codec = parsed.GetValue(Codec),
            Coarse = parsed.GetValue(Coarse),
            Fine = parsed.GetValue(Fine),
            Beats = parsed.GetValue(Beats),
            Adapters = Adapters(parsed.GetValue(Loras)!),
        };
        if (File.Exists(Path.Combine(output, ModelManifest.FileName)) && !parsed.GetValue(Force))
            throw new BadInputException($"--output {output} holds a model package; --force replaces it");
        sources = sources.AddFolder(input);
        if (sources.IsEmpty)
            throw new BadInputException($"{input} holds none of coarse.pth, c2f.pth, codec.pth and wavebeat.pth");
        var manifest = CheckpointConverter.BuildPackage(
            sources, output, warning => Console.Error.WriteLine($"vampnet: warning: {warning}")).Manifest;
        var parts = string.Join(", ", manifest.Parts.Keys);
        var fineTunings = manifest.Adapters is { } adapters ? $"; fine-tunings {string.Join(", ", adapters.Keys)}" : "";
        Facts.Add("output", output, $"wrote   {output}: {parts}{fineTunings}");
    }

    private static Dictionary<string, AdapterSources> Adapters(string[] given)
    {
        var adapters = new Dictionary<string, AdapterSources>();
        foreach (var pair in given)
        {
            var at = Math.Max(0, pair.IndexOf('='));
            if (!ModelNames.IsValid(pair[..at]))
                throw new BadInputException($"--lora {pair} is not NAME=FOLDER; {ModelNames.Rule}");
            if (!adapters.TryAdd(pair[..at], AdapterSources.Find(pair[(at + 1)..])))
                throw new BadInputException($"--lora: \"{pair[..at]}\" is given twice");
        }
        return adapters;
    }

    private static Option<string?> Instead(string name, string file) =>
        new(name) { Description = $"This file instead of {file} in the folder.", HelpName = "FILE" };
}
