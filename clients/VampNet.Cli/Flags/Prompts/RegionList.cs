using System.CommandLine.Parsing;
using System.Globalization;
using VampNet.Protos.Prompt.V1;

namespace VampNet.Cli.Flags.Prompts;

/// <summary>Stretches of time as people write them: 0-2,6-8.5.</summary>
internal static class RegionList
{
    public static Region[]? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var regions = text.Split(',').Select(ParseOne).ToArray();
        if (!regions.Contains(null))
            return regions!;
        result.AddError($"--keep {text}: expected stretches in seconds, such as 0-2,6-8.5");
        return null;
    }

    private static Region? ParseOne(string text)
    {
        var ends = text.Split('-');
        return ends.Length == 2 && Seconds(ends[0]) is { } from && Seconds(ends[1]) is { } to
            ? new Region { FromSeconds = from, ToSeconds = to }
            : null;
    }

    private static double? Seconds(string text) =>
        double.TryParse(
            text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
}
