using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;

namespace VampNet.Cli.Flags;

/// <summary>Fields of requests by the flags that fill them in: errors name what was typed.</summary>
internal static class FieldFlags
{
    private const string Fine = "fine_sampling.";

    /// <summary>
    /// Ends of field paths, and the flags that may have filled them in. A field that is not listed has the flag of its name, such as top_k
    /// --top-k.
    /// </summary>
    private static readonly (Regex Field, string[] Flags)[] s_table =
    [
        (new(@"\bperiodic\.period$"), ["--periodic"]),
        (new(@"\binpaint\.prefix_seconds$"), ["--prefix"]),
        (new(@"\binpaint\.suffix_seconds$"), ["--suffix"]),
        (new(@"\bregions\[\d+\]\.to_seconds$"), ["--keep", "--to"]),
        (new(@"\bregions(\[\d+\](\.from_seconds)?)?$"), ["--keep", "--from"]),
        (new(@"\bbeats\.before_seconds$"), ["--before-beat"]),
        (new(@"\bbeats\.after_seconds$"), ["--after-beat"]),
        (new(@"\bonsets\.width$"), ["--onsets"]),
        (new(@"\bbitrate\.bits_per_second$"), ["--bitrate"]),
        (new(@"\brandom\.intensity$"), ["--random"]),
        (new(@"\bdropout\.probability$"), ["--dropout"]),
        (new(@"\bmask(\.\w+)?$"), ["--mask"]),
        (new(@"\btypical\.mass$"), ["--typical-mass"]),
        (new(@"\btypical\.min_tokens$"), ["--typical-min-tokens"]),
        (new(@"\bpitch_semitones$"), ["--pitch"]),
        (new(@"\bextend_after_seconds$"), ["--seconds"]),
        (new(@"\bextend_before_seconds$"), ["--before"]),
        (new(@"\brepeat$"), ["--times", "--repeat"]),
        (new(@"\boutput\.\w+$"), ["--output"]),
        (new(@"\bmodel$"), ["--adapter", "--model"]),
    ];

    /// <summary>What is wrong with a request, each violation under the name of its flag.</summary>
    public static string Describe(IEnumerable<(string Field, string Description)> violations, ParseResult parsed) =>
        // The fine stage samples as the coarse one unless told otherwise: then one flag breaks two fields.
        string.Join("; ", violations.Select(v => $"{Name(v.Field, parsed)}: {v.Description}").Distinct());

    private static string Name(string field, ParseResult parsed)
    {
        var last = field[(field.LastIndexOf('.') + 1)..];
        string[] flags = s_table.FirstOrDefault(row => row.Field.IsMatch(field)).Flags ?? [$"--{last.Replace('_', '-')}"];
        if (field.Contains(Fine, StringComparison.Ordinal))
            flags = [.. flags.Select(flag => $"--fine-{flag[2..]}"), .. flags];
        var options = flags.SelectMany(flag => parsed.CommandResult.Command.Options.Where(option => option.Name == flag)).ToArray();
        var option = options.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) ?? options.FirstOrDefault();
        var stretch = Regex.Match(field, @"\bregions\[(\d+)\]");
        return (option?.Name ?? last.Replace('_', ' ')) + (stretch.Success ? $", stretch {int.Parse(stretch.Groups[1].Value) + 1}" : "");
    }
}

/// <summary>Options that take numbers: with a point, whatever the language of the system, and no separators between thousands.</summary>
internal static class NumberOptions
{
    private const string Unreadable = "Cannot parse argument";

    /// <summary>Makes every such option of a command and those below it say in words what it expects.</summary>
    public static void Check(Command command)
    {
        foreach (var option in command.Options)
        {
            // Validators that follow read the value, which throws where there is none.
            Action<OptionResult>[] others = [.. option.Validators];
            option.Validators.Clear();
            option.Validators.Add(result =>
            {
                if (IsReadable(result, option))
                    Array.ForEach(others, validate => validate(result));
            });
        }
        foreach (var below in command.Subcommands)
            Check(below);
    }

    /// <summary>The first error that is not in the words of .NET's types.</summary>
    public static string FirstError(ParseResult parsed) =>
        (parsed.Errors.FirstOrDefault(e => !e.Message.StartsWith(Unreadable, StringComparison.Ordinal)) ?? parsed.Errors[0]).Message;

    private static bool IsReadable(OptionResult result, Option option)
    {
        var type = option.ValueType.GetElementType() ?? option.ValueType;
        foreach (var token in result.Tokens)
        {
            if (Expected(Nullable.GetUnderlyingType(type) ?? type, token.Value) is { } expected)
            {
                result.AddError($"{option.Name} {token.Value}: expected {expected}");
                return false;
            }
        }
        return true;
    }

    /// <summary>null = the text is a number of this type, or the type is none of numbers.</summary>
    private static string? Expected(Type type, string text)
    {
        if (type == typeof(int))
            return int.TryParse(text, out _) ? null : $"a whole number up to {int.MaxValue}";
        if (type == typeof(uint))
            return uint.TryParse(text, out _) ? null : $"a whole number from 0 to {uint.MaxValue}";
        if (type == typeof(ulong))
            return ulong.TryParse(text, out _) ? null : $"a whole number from 0 to {ulong.MaxValue}";
        if (type == typeof(float) || type == typeof(double))
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? null : "a number such as 0.5";
        return null;
    }
}
