using System.CommandLine;
using VampNet.Cli.Help;

namespace VampNet.Cli.Flags;

/// <summary>--set KEY=VALUE: configuration of the servers that run in this process.</summary>
internal sealed class SettingFlags
{
    private readonly Option<string[]> _set = new("--set")
    {
        Description = "More configuration, such as Limits:MaxSeconds=600; may be given several times.",
        HelpName = "KEY=VALUE",
        DefaultValueFactory = _ => [],
    };

    public SettingFlags(Command command, string group) => command.AddOptions(group, _set);

    /// <summary>A mesh elsewhere has a configuration of its own.</summary>
    public void ExcludedBy(Command command, Option gateway) => command.Excludes(gateway, _set);

    /// <summary>By key; of two for one key the last.</summary>
    /// <exception cref="BadInputException">not KEY=VALUE</exception>
    public Dictionary<string, string> Read(ParseResult parsed)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in parsed.GetValue(_set)!)
        {
            if (pair.IndexOf('=') is not (var at and > 0))
                throw new BadInputException($"--set {pair} is not KEY=VALUE");
            settings[pair[..at]] = pair[(at + 1)..];
        }
        return settings;
    }
}
