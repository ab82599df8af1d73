using System.CommandLine;
using VampNet.Cli.Flags;
using VampNet.Model.Checkpoints;
using VampNet.Training;

namespace VampNet.Cli.Commands;

/// <summary><c>vampnet package OUT</c>: weights to the folder that services load.</summary>
internal static class PackageCommand
{
    public static Command Create()
    {
        var command = new Command("package", "Put weights together as a model package, which is what --model takes: either .pth files, or run folders of \"train\".");
        var output = new Argument<string>("OUT") { Description = "The folder to write." };
        var name = new Option<string>("--name") { Description = "Of the model.", Required = true };
        var version = new Option<string>("--weights-version") { Description = "Of the weights.", DefaultValueFactory = _ => "1.0", HelpName = "VERSION" };
        var licence = new Option<string>("--licence") { Description = "Of the weights, as an SPDX identifier.", Required = true };
        var codec = Weights("--codec", "The codec");
        var coarse = Weights("--coarse", "The coarse model");
        var fine = Weights("--fine", "The coarse-to-fine model");
        var coarseLora = Weights("--coarse-lora", "A LoRA file to merge into the coarse model");
        var fineLora = Weights("--fine-lora", "A LoRA file to merge into the fine model");
        var beats = Weights("--beats", "The WaveBeat beat tracker");
        command.Arguments.Add(output);
        foreach (var option in new Option[] { name, version, licence, codec, coarse, fine, coarseLora, fineLora, beats })
            command.Options.Add(option);
        command.SetAction(parsed =>
        {
            var sources = new PackageSources
            {
                Name = parsed.GetValue(name)!,
                Version = parsed.GetValue(version)!,
                Licence = parsed.GetValue(licence)!,
                Codec = parsed.GetValue(codec),
                Coarse = parsed.GetValue(coarse),
                CoarseLora = parsed.GetValue(coarseLora),
                Fine = parsed.GetValue(fine),
                FineLora = parsed.GetValue(fineLora),
                Beats = parsed.GetValue(beats),
            };
            var package = Build(sources, parsed.GetValue(output)!);
            Console.WriteLine($"wrote   {parsed.GetValue(output)}: {string.Join(", ", package.Manifest.Parts.Keys)}");
        });
        return command;
    }

    private static ModelPackage Build(PackageSources sources, string folder)
    {
        string?[] given = [sources.Codec, sources.Coarse, sources.Fine, sources.CoarseLora, sources.FineLora, sources.Beats];
        if (given.All(path => path is null))
            throw new BadInputException("nothing to put into the package: name at least one of --codec, --coarse, --fine, --beats");
        try
        {
            if (sources.Beats is null && given.All(path => path is null || Directory.Exists(path)))
            {
                var runs = new Dictionary<string, string?> { [PartNames.Codec] = sources.Codec, [PartNames.Coarse] = sources.Coarse, [PartNames.Fine] = sources.Fine };
                return Trainings.WritePackage(folder, sources.Name, sources.Version, sources.Licence, runs.Where(run => run.Value is not null).ToDictionary(run => run.Key, run => run.Value!));
            }
            foreach (var path in given.OfType<string>())
                FileFlags.Open(path).Dispose();
            return CheckpointConverter.BuildPackage(sources, folder);
        }
        catch (CheckpointException error)
        {
            throw new BadInputException(error.Message);
        }
    }

    private static Option<string?> Weights(string name, string what) => new(name) { Description = $"{what}.", HelpName = "PATH" };
}
