using System.CommandLine;

namespace VampNet.Cli.Flags;

/// <summary>The file that a command reads and the one that it writes.</summary>
internal static class FileFlags
{
    public static Argument<string> Input(string description) => new("IN") { Description = description };

    public static Option<string> Output(string description, bool required = true) =>
        new("--output", "-o") { Description = description, Required = required, HelpName = "FILE" };

    /// <summary>Opens an input file.</summary>
    /// <exception cref="BadInputException">there is none</exception>
    public static FileStream Open(string path)
    {
        if (!File.Exists(path))
            throw new BadInputException(Directory.Exists(path) ? $"{path} is a folder" : $"{path} does not exist");
        return File.OpenRead(path);
    }
}
