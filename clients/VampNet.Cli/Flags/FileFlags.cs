using System.CommandLine;

namespace VampNet.Cli.Flags;

/// <summary>The file that a command reads and the one that it writes.</summary>
internal static class FileFlags
{
    public static Argument<string> Input(string description) => new("IN") { Description = description };

    public static Option<string> Output(string description, bool required = true) =>
        new("--output", "-o") { Description = description, Required = required, HelpName = "FILE" };
}
