using System.CommandLine;
using VampNet.Cli.Help;
using VampNet.Core;
using VampNet.Model.Packages;
using VampNet.Services.Inference.Models;

namespace VampNet.Cli.Flags;

/// <summary>The models that a server serves side by side.</summary>
internal sealed class ServedModelFlags
{
    private readonly Option<string[]> _models = new("--model")
    {
        Description = "Folder of a model package and what to call it; may be given several times. Without a name: the default.",
        HelpName = "[NAME=]FOLDER",
        DefaultValueFactory = _ => [],
    };

    public ServedModelFlags(Command command) => command.AddOptions(ComputeFlags.Group, _models);

    /// <summary>Folders by name; empty where none was given.</summary>
    public Dictionary<string, string> Read(ParseResult parsed)
    {
        var folders = new Dictionary<string, string>();
        foreach (var given in parsed.GetValue(_models)!)
        {
            var (name, folder) = given.IndexOf('=') is var at and > 0 && ModelNames.IsValid(given[..at])
                ? (given[..at], given[(at + 1)..])
                : (ModelFolders.Default, given);
            if (!folders.TryAdd(name, folder))
                throw new BadInputException($"--model: \"{name}\" is given twice");
        }
        return folders;
    }
}

/// <summary>Where models run, and how.</summary>
internal sealed class ComputeFlags
{
    /// <summary>Heading of all that says which models run where.</summary>
    public const string Group = "Models, and where they run";

    private readonly Option<string> _device = DeviceOption.Create(new ModelOptions().Device);
    private readonly Option<string> _precision = new("--precision")
    {
        Description = "What generators compute in; auto: bfloat16 on processors that are faster with it.",
        DefaultValueFactory = _ => new ModelOptions().Precision
    };

    public ComputeFlags() => _precision.AcceptOnlyFromAmong(Precisions.Auto, Precisions.Full, Precisions.Half);

    public void AddTo(Command command)
    {
        command.AddOptions(Group, _device, _precision);
    }

    public ModelOptions Read(ParseResult parsed) => new() { Device = parsed.GetValue(_device)!, Precision = parsed.GetValue(_precision)! };
}
