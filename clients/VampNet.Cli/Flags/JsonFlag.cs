using System.CommandLine;
using VampNet.Cli.Help;

namespace VampNet.Cli.Flags;

/// <summary>--json: for programs. A verb that has an option of this name for itself, as load, keeps it.</summary>
internal static class JsonFlag
{
    private const string Name = "--json";

    /// <summary>Adds it to every verb.</summary>
    public static void AddTo(Command command)
    {
        if (command.Subcommands.Count == 0 && command.Options.All(option => option.Name != Name))
            command.AddOptions(OptionGroups.General, new Option<bool>(Name)
            {
                Description = "Print the result as JSON, a line for each input; errors too.",
            });
        foreach (var below in command.Subcommands)
            AddTo(below);
    }

    public static bool Read(ParseResult parsed) =>
        parsed.CommandResult.Command.Options.FirstOrDefault(option => option.Name == Name) is Option<bool> own && parsed.GetValue(own);
}
