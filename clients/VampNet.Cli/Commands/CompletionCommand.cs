using System.CommandLine;
using VampNet.Cli.Help;

namespace VampNet.Cli.Commands;

/// <summary><c>vampnet completion SHELL</c>: a script that completes verbs, options and their values.</summary>
internal static class CompletionCommand
{
    public static Command Create()
    {
        var command = new Command("completion", "Print a script by which a shell completes verbs, options and their values.");
        var shell = new Argument<string>("SHELL") { Description = "Which shell." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        command.Arguments.Add(shell);
        command.SetAction(parsed =>
        {
            var words = CompletionWords.Of((RootCommand)parsed.RootCommandResult.Command);
            Console.Write(parsed.GetValue(shell) switch
            {
                "bash" => CompletionScripts.Bash(words),
                "zsh" => CompletionScripts.Zsh(words),
                _ => CompletionScripts.Fish(words),
            });
        });
        return command;
    }
}
