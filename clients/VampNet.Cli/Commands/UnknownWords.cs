using System.CommandLine;
using System.CommandLine.Parsing;
using VampNet.Cli.Help;
using VampNet.Core;

namespace VampNet.Cli.Commands;

/// <summary>Words of a command line that mean nothing, and what may have been meant.</summary>
internal static class UnknownWords
{
    /// <summary>The first such word, as an error; null = there is none.</summary>
    public static string? Find(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var (path, options) = (HelpPage.Path(command), OptionNames(command).ToArray());
        if (Words(parsed).FirstOrDefault(IsOption) is { } option)
            return $"{option} is no option of \"{path}\"{Spelling.Hint(option, options)}";
        if (parsed.UnmatchedTokens is not [var word, ..])
            return null;
        var verbs = command.Subcommands.Where(verb => !verb.Hidden).Select(verb => verb.Name).ToArray();
        return verbs.Length == 0
            ? $"\"{word}\" is more than \"{path}\" takes"
            : Spelling.Hint(word, verbs) is { Length: > 0 } hint
                ? $"\"{word}\" is no verb of \"{path}\"{hint}"
                : $"\"{word}\" is no verb of \"{path}\"; there are {string.Join(", ", verbs)}";
    }

    /// <summary>What no option took. A file whose name begins with a dash is written ./-name.</summary>
    private static IEnumerable<string> Words(ParseResult parsed) =>
        parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(result => result.Tokens).Select(token => token.Value)
            .Concat(parsed.UnmatchedTokens);

    private static bool IsOption(string word) => word.Length > 1 && word[0] == '-' && !char.IsDigit(word[1]);

    private static IEnumerable<string> OptionNames(Command command)
    {
        for (var at = command; at is not null; at = at.Parents.OfType<Command>().FirstOrDefault())
        {
            foreach (var option in at.Options.Where(option => !option.Hidden && (option.Recursive || at == command)))
            {
                foreach (var name in option.Aliases.Append(option.Name).Where(name => name.StartsWith("--", StringComparison.Ordinal)))
                    yield return name;
            }
        }
    }
}
