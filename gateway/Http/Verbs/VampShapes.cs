using VampNet.Gateway.Http.Forms;
using VampNet.Protos.Prompt.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.Http.Verbs;

/// <summary>Requests that come often, said in two words.</summary>
internal static class VampShapes
{
    private const double UsualTimes = 4;

    public static VampVerb Inpaint { get; } = new(
        "inpaint", Regions,
        new QueryParameter("from", "number", "Where a stretch begins that is made anew, in seconds.", IsRepeated: true),
        new QueryParameter("to", "number", "Where it ends, in seconds.", IsRepeated: true));

    public static VampVerb Continue { get; } = new(
        "continue", Extension,
        new QueryParameter("seconds", "number", "Music to add after the track, in seconds."),
        new QueryParameter("before", "number", "Music to add before the track, in seconds."));

    public static VampVerb Loop { get; } = new(
        "loop", Rounds, new QueryParameter("times", "integer", $"Rounds of the phrase; {UsualTimes} unless it is given."));

    private static void Regions(VampConfig config, QueryForm query)
    {
        var (from, to) = (query.Numbers("from"), query.Numbers("to"));
        KeepSource(config, query);
        if (query.Checks.Require(
            from.Count == to.Count && from.Count > 0, "from", $"{from.Count} \"from\" and {to.Count} \"to\": a stretch needs one of each"))
        {
            var stretches = from.Zip(to, (begin, end) => new Region { FromSeconds = begin, ToSeconds = end });
            config.Prompt = new Prompt { Not = new Prompt { Regions = new RegionsPrompt { Regions = { stretches } } } };
        }
    }

    private static void Extension(VampConfig config, QueryForm query)
    {
        config.ExtendAfterSeconds = query.Number("seconds") ?? config.ExtendAfterSeconds;
        config.ExtendBeforeSeconds = query.Number("before") ?? config.ExtendBeforeSeconds;
        KeepSource(config, query);
        query.Checks.Require(
            config is not { ExtendAfterSeconds: 0, ExtendBeforeSeconds: 0 }, "seconds", "is missing: say how long to go on, or \"before\"");
        config.Prompt = new Prompt { All = new AllPrompt() };
    }

    private static void Rounds(VampConfig config, QueryForm query)
    {
        var times = query.Number("times") ?? (config.Repeat > 0 ? config.Repeat : UsualTimes);
        if (query.Checks.Require(times is >= 1 and <= int.MaxValue && double.IsInteger(times), "times", $"is {times}, expected 1 or more"))
            config.Repeat = (uint)times;
    }

    /// <summary>What stays sounds as it did, unless the whole is to sound otherwise.</summary>
    private static void KeepSource(VampConfig config, QueryForm query) =>
        config.KeepSource = config is { Stretch: 0 or 1, PitchSemitones: 0 } && !query.Has("stretch") && !query.Has("pitch_semitones");
}
