using System.CommandLine;
using System.CommandLine.Completions;

namespace VampNet.Cli.Help;

/// <summary>What can follow a command: its verbs and options.</summary>
/// <param name="Path">the verbs that lead to it, separated by spaces; empty = vampnet itself</param>
/// <param name="Verbs">and what they do; where there are none, values of its argument</param>
/// <param name="Options">by name</param>
internal sealed record CompletionWords(
    string Path, IReadOnlyList<(string Name, string Says)> Verbs, IReadOnlyList<CompletionOption> Options)
{
    /// <summary>Those of a command and of all below it.</summary>
    public static IReadOnlyList<CompletionWords> Of(RootCommand root) => [.. Walk(root, "", [])];

    private static IEnumerable<CompletionWords> Walk(Command command, string path, IEnumerable<Option> inherited)
    {
        var options = command.Options.Concat(inherited).Where(option => !option.Hidden).ToList();
        var verbs = command.Subcommands.Where(verb => !verb.Hidden).Select(verb => (verb.Name, FirstSentence(verb.Description)))
            .Concat(command.Arguments.SelectMany(Values).Select(value => (value, ""))).ToList();
        yield return new(path, verbs, [.. options.Select(CompletionOption.Of)]);
        foreach (var words in command.Subcommands.SelectMany(
            verb => Walk(verb, $"{path} {verb.Name}".Trim(), options.Where(option => option.Recursive))))
            yield return words;
    }

    public static IEnumerable<string> Values(Symbol symbol) => symbol.GetCompletions(CompletionContext.Empty).Select(item => item.Label);

    /// <summary>Short, and without what means something to a shell.</summary>
    public static string FirstSentence(string? text)
    {
        var sentence = (text ?? "").Split(". ")[0].Split(':')[0].TrimEnd('.');
        return string.Concat(sentence.Where(c => c is not ('\'' or '"' or '`' or '$' or '[' or ']' or '\\')));
    }
}

/// <summary>An option, as a shell completes it.</summary>
/// <param name="Names">with their dashes</param>
/// <param name="TakesValue">whether a word follows it</param>
/// <param name="Values">that this may be; empty = any, as a file</param>
internal sealed record CompletionOption(IReadOnlyList<string> Names, bool TakesValue, IReadOnlyList<string> Values, string Says)
{
    public static CompletionOption Of(Option option)
    {
        var takesValue = option.Arity.MaximumNumberOfValues > 0 && option.ValueType != typeof(bool);
        return new(
            [.. option.Aliases.Append(option.Name).Where(name => name[0] == '-').Distinct()], takesValue,
            takesValue ? [.. CompletionWords.Values(option)] : [], CompletionWords.FirstSentence(option.Description));
    }
}
