using System.CommandLine;
using VampNet.Cli.Flags;

namespace VampNet.Cli.Commands;

/// <summary><c>vampnet vamp IN -o OUT</c>: variations.</summary>
internal static class VampCommand
{
    public static Command Create() =>
        SongCommand.Create("vamp", "Make variations of music: keep what the prompts say, generate the rest.", command =>
    {
        var prompts = new PromptFlags(command);
        return (parsed, config) => config.Prompt = prompts.Read(parsed);
    });
}
