using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Globalization;

namespace VampNet.Cli.Help;

/// <summary>What <c>--help</c> prints: within 80 columns, options under headings, examples at the end.</summary>
internal sealed class HelpPage : SynchronousCommandLineAction
{
    private const int Indent = 2, NamesWidth = 24;

    /// <summary>Makes every command below answer <c>--help</c> with this page.</summary>
    public static void Use(RootCommand root)
    {
        foreach (var help in root.Options.OfType<HelpOption>())
            help.Action = new HelpPage();
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        Write(parseResult.CommandResult.Command, Console.Out);
        return 0;
    }

    public static void Write(Command command, TextWriter output)
    {
        var text = new WrappedText(output);
        var path = Path(command);
        if (command is RootCommand)
            text.Paragraph("vampnet: " + command.Description);
        else
            text.Paragraph($"{path}: {command.Description}");
        text.Heading("Usage");
        text.Paragraph(Usage(command, path), Indent, Indent + 4);
        var arguments = command.Arguments.Where(argument => !argument.Hidden).ToList();
        if (arguments.Count > 0)
            output.WriteLine();
        foreach (var argument in arguments)
            text.Row(argument.Name, Description(argument.Description, Values(argument)), Indent, NamesWidth);
        WriteVerbs(command, text);
        foreach (var group in Groups(command))
        {
            text.Heading(group.Key);
            foreach (var option in group)
                text.Row(Names(option), Description(option), Indent, NamesWidth);
        }
        var examples = Examples.Of(command);
        if (examples.Count == 0)
            return;
        text.Heading("Examples");
        foreach (var (line, says) in examples)
        {
            text.Paragraph(line, Indent, Indent + 4, " \\");
            text.Paragraph(says, Indent + 4, Indent + 4);
        }
    }

    private static void WriteVerbs(Command command, WrappedText text)
    {
        foreach (var group in command.Subcommands.Where(verb => !verb.Hidden).GroupBy(VerbGroups.Of))
        {
            text.Heading(group.Key);
            foreach (var verb in group)
                text.Row(verb.Name, verb.Description ?? "", Indent, 14);
        }
        if (command.Subcommands.Count > 0)
            text.Paragraph($"\n{Path(command)} VERB --help says more about each.");
    }

    /// <summary>The command's own, then those that every command has.</summary>
    private static IEnumerable<IGrouping<string, Option>> Groups(Command command)
    {
        var inherited = command.Parents.OfType<Command>().SelectMany(Above).SelectMany(c => c.Options).Where(option => option.Recursive);
        return command.Options.Concat(inherited).Where(option => !option.Hidden)
            .GroupBy(OptionGroups.Of).OrderBy(group => group.Key == OptionGroups.General);

        static IEnumerable<Command> Above(Command command) => command.Parents.OfType<Command>().SelectMany(Above).Prepend(command);
    }

    public static string Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{Path(parent)} {command.Name}" : "vampnet";

    private static string Usage(Command command, string path)
    {
        var words = new List<string> { path };
        if (command.Subcommands.Count > 0)
            words.Add("VERB");
        words.AddRange(command.Arguments.Where(argument => !argument.Hidden).Select(
            argument => (argument.Arity.MinimumNumberOfValues, argument.Arity.MaximumNumberOfValues) switch
            {
                (0, 1) => $"[{argument.Name}]",
                (0, _) => $"[{argument.Name}...]",
                (_, 1) => argument.Name,
                _ => $"{argument.Name}...",
            }));
        words.AddRange(command.Options.Where(option => option.Required).Select(
            option => option.Aliases.FirstOrDefault(alias => alias.Length == 2) is { } alias
                ? $"{alias} {ValueName(option)}"
                : $"{option.Name} {ValueName(option)}"));
        if (command.Options.Count > 0)
            words.Add("[options]");
        return string.Join(' ', words);
    }

    private static string Names(Option option)
    {
        var names = string.Join(", ", option.Aliases.Append(option.Name).Where(name => name[0] == '-').OrderBy(name => name.Length));
        return IsSwitch(option) ? names : $"{names} {ValueName(option)}";
    }

    private static bool IsSwitch(Option option) => option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool);

    private static string ValueName(Option option) =>
        option.HelpName
        ?? (Values(option) is { Count: > 0 } values ? string.Join('|', values) : option.Name.TrimStart('-').ToUpperInvariant());

    private static IReadOnlyList<string> Values(Symbol symbol) =>
        [.. symbol.GetCompletions(CompletionContext.Empty).Select(item => item.Label)];

    private static string Description(Option option)
    {
        var usual = option is { HasDefaultValue: true, Required: false } && !IsSwitch(option) ? option.GetDefaultValue() : null;
        var ending = usual switch
        {
            null or Array or "" => "",
            IFormattable number => string.Create(CultureInfo.InvariantCulture, $" [{number:0.######}]"),
            _ => $" [{usual}]",
        };
        // Where they do not stand beside the name.
        var values = option.HelpName is null || option.ValueType == typeof(bool?) ? [] : Values(option);
        return Description(option.Description, values) + ending;
    }

    private static string Description(string? description, IReadOnlyList<string> values) =>
        values.Count == 0 || values.All(value => description?.Contains(value, StringComparison.Ordinal) == true)
            ? description ?? ""
            : $"{description} One of {string.Join(", ", values)}.";
}

/// <summary>Verbs under headings.</summary>
internal static class VerbGroups
{
    public static string Of(Command verb) => verb.Name switch
    {
        "vamp" or "inpaint" or "continue" or "loop" or "live" or "preview" => "Make music",
        "compress" or "expand" or "encode" or "decode" => "Small files and tokens",
        "beats" or "embed" or "score" => "Look into music and models",
        "serve" or "models" or "load" or "doctor" => "Serve",
        "convert" or "package" or "train" or "finetune" or "eval" => "Models",
        "completion" => "Shell",
        _ => "Verbs",
    };
}
