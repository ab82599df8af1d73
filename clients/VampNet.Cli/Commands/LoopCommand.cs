using System.CommandLine;
using VampNet.Cli.Flags;

namespace VampNet.Cli.Commands;

/// <summary><c>vampnet loop IN --times 4 -o OUT</c>: one phrase again and again, never the same twice.</summary>
internal static class LoopCommand
{
    public static Command Create() =>
        SongCommand.Create("loop", "Play a phrase several times in a row, each time a new variation, the joins made anew.", command =>
    {
        var times = new Option<uint>("--times") { Description = "Rounds of the phrase.", DefaultValueFactory = _ => 4, HelpName = "N" };
        command.Options.Add(times);
        var prompts = new PromptFlags(command);
        return (parsed, config) => (config.Repeat, config.Prompt) = (parsed.GetValue(times), prompts.Read(parsed));
    });
}
