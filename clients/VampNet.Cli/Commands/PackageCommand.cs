using System.CommandLine;
using VampNet.Cli.Help;
using VampNet.Cli.Output;
using VampNet.Core;
using VampNet.Model.Checkpoints;
using VampNet.Model.Packages;
using VampNet.Training;

namespace VampNet.Cli.Commands;

/// <summary><c>vampnet package OUT</c>: trained networks to the folder that services load.</summary>
internal static class PackageCommand
{
    public static Command Create()
    {
        var command = new Command(
            "package",
            "Put run folders of \"train\" together as a model package, which is what --model takes. (\"convert\" makes one of .pth "
                + "files.)");
        var output = new Argument<string>("OUT") { Description = "The folder to write." };
        var name = new Option<string>("--name") { Description = "Of the model.", Required = true };
        var version = new Option<string>("--weights-version")
        {
            Description = "Of the weights.",
            DefaultValueFactory = _ => "1.0",
            HelpName = "VERSION",
        };
        var licence = new Option<string>("--licence") { Description = "Of the weights, as an SPDX identifier.", Required = true };
        var runs = new Dictionary<string, Option<string?>>
        {
            [PartNames.Codec] = Run("--codec", "The codec"),
            [PartNames.Coarse] = Run("--coarse", "The coarse model"),
            [PartNames.Fine] = Run("--fine", "The coarse-to-fine model"),
            [PartNames.Beats] = Run("--beats", "The beat tracker"),
        };
        var from = new Option<string?>("--from")
        {
            Description = "A model package whose temperatures and presets are taken, and the parts that no run folder is given for.",
            HelpName = "FOLDER",
        };
        command.Arguments.Add(output);
        command.AddOptions("The package", [name, version, licence, .. runs.Values, from]);
        command.SetAction(parsed =>
        {
            var given = runs.Where(run => parsed.GetValue(run.Value) is not null)
                .ToDictionary(run => run.Key, run => parsed.GetValue(run.Value)!);
            if (given.Count == 0)
                throw new BadInputException("nothing to put into the package: name at least one of --codec, --coarse, --fine, --beats");
            if (given.Values.FirstOrDefault(path => !Directory.Exists(path)) is { } missing)
                throw new BadInputException(
                    $"{missing} is no run folder of \"train\"{(File.Exists(missing) ? "; .pth files are for \"convert\"" : "")}");
            try
            {
                var package = Trainings.WritePackage(
                    parsed.GetValue(output)!, parsed.GetValue(name)!, parsed.GetValue(version)!, parsed.GetValue(licence)!, given,
                    parsed.GetValue(from) is { } start ? ModelPackage.Open(start) : null);
                var parts = string.Join(", ", package.Manifest.Parts.Keys);
                Facts.Add("output", parsed.GetValue(output), $"wrote   {parsed.GetValue(output)}: {parts}");
            }
            catch (CheckpointException error)
            {
                throw new BadInputException(error.Message);
            }
        });
        return command;
    }

    private static Option<string?> Run(string name, string what) =>
        new(name) { Description = $"{what}: its run folder.", HelpName = "FOLDER" };
}
