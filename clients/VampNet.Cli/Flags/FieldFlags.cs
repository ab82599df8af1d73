using System.CommandLine;
using System.Text.RegularExpressions;

namespace VampNet.Cli.Flags;

/// <summary>Fields of requests by the flags that fill them in: errors name what was typed.</summary>
internal static class FieldFlags
{
    private const string Fine = "fine_sampling.", Prompt = "config.prompt.";

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
        (new(@"\bbeats\.upbeats_only$"), ["--upbeats"]),
        (new(@"\bbeats\.offset$"), ["--beat-offset"]),
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
        var option = options.FirstOrDefault(IsGiven)
            ?? parsed.CommandResult.Command.Options.FirstOrDefault(
                option => option.Name == PromptFlags.PromptName && field.Contains(Prompt, StringComparison.Ordinal) && IsGiven(option))
            ?? options.FirstOrDefault();
        var stretch = Regex.Match(field, @"\bregions\[(\d+)\]");
        return (option?.Name ?? last.Replace('_', ' ')) + (stretch.Success ? $", stretch {int.Parse(stretch.Groups[1].Value) + 1}" : "");

        bool IsGiven(Option option) => parsed.GetResult(option) is { Implicit: false };
    }
}
