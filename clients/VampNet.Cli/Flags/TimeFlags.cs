using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using VampNet.Cli.Help;
using VampNet.Protos.Prompt.V1;

namespace VampNet.Cli.Flags;

/// <summary>Prompts that keep frames by where they are in time.</summary>
internal sealed class TimeFlags
{
    /// <summary>What a vamp keeps unless told otherwise (paper 4.3): every 7th frame.</summary>
    private const int DefaultPeriod = 7;

    private readonly Option<int?> _period = new(
        "--periodic",
        "-P")
    {
        Description = $"Keep every P-th frame (57.4 frames are a second). The default where no prompt is given: {DefaultPeriod}.",
        HelpName = "P"
    };
    private readonly Option<int> _width = new("--width")
    {
        Description = "Frames kept around each hit of --periodic.",
        DefaultValueFactory = _ => 1,
        HelpName = "FRAMES",
    };
    private readonly Option<int> _offset = new("--offset") { Description = "First hit of --periodic.", HelpName = "FRAMES" };
    private readonly Option<bool> _roll = new("--roll")
    {
        Description = "Delay the hits of --periodic by up to a period, as the seed says.",
    };
    private readonly Option<double> _prefix = new("--prefix")
    {
        Description = "Keep the beginning; alone, asks for a continuation.",
        HelpName = "SECONDS",
    };
    private readonly Option<double> _suffix = new("--suffix") { Description = "Keep the end.", HelpName = "SECONDS" };
    private readonly Option<Region[]> _keep = new("--keep")
    {
        Description = "Keep these stretches, such as 0-2,6-8.5.",
        HelpName = "SECONDS",
        CustomParser = RegionList.Parse,
    };

    public TimeFlags(Command command)
    {
        command.AddOptions("What stays: by time", _period, _width, _offset, _roll, _prefix, _suffix, _keep);
    }

    public IEnumerable<Prompt> Read(ParseResult parsed)
    {
        if (parsed.GetValue(_period) is { } period)
            yield return Periodic(parsed, period);
        if (parsed.GetResult(_prefix) is not null || parsed.GetResult(_suffix) is not null)
            yield return new Prompt
            {
                Inpaint = new InpaintPrompt { PrefixSeconds = parsed.GetValue(_prefix), SuffixSeconds = parsed.GetValue(_suffix) },
            };
        if (parsed.GetValue(_keep) is { Length: > 0 } regions)
            yield return new Prompt { Regions = new RegionsPrompt { Regions = { regions } } };
    }

    /// <summary>The prompt where none was chosen.</summary>
    public Prompt Default(ParseResult parsed) => Periodic(parsed, DefaultPeriod);

    private Prompt Periodic(ParseResult parsed, int period) => new()
    {
        Periodic = new PeriodicPrompt
        {
            Period = period,
            Width = parsed.GetValue(_width),
            Offset = parsed.GetValue(_offset),
            Roll = parsed.GetValue(_roll),
        },
    };
}

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
