using System.CommandLine;
using System.Runtime.CompilerServices;

namespace VampNet.Cli.Help;

/// <summary>Options under headings, for the help page.</summary>
internal static class OptionGroups
{
    /// <summary>Of what belongs to no other.</summary>
    public const string General = "General";

    private static readonly ConditionalWeakTable<Option, string> s_groups = [];

    /// <summary>Adds options to a command, under a heading.</summary>
    public static void AddOptions(this Command command, string group, params IEnumerable<Option> options)
    {
        foreach (var option in options)
        {
            s_groups.AddOrUpdate(option, group);
            command.Options.Add(option);
        }
    }

    public static string Of(Option option) => s_groups.TryGetValue(option, out var group) ? group : General;
}
