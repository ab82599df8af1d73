using VampNet.Client;
using VampNet.Gateway.Http.Forms;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.Http.Verbs;

/// <summary>Requests that come often, said in two words.</summary>
internal static class VampShapes
{
    private const double UsualTimes = 4;

    public static VampVerb Inpaint { get; } = new(
        "inpaint", Regions, keepsSource: true,
        new QueryParameter("from", "number", "Where a stretch begins that is made anew, in seconds.", IsRepeated: true),
        new QueryParameter("to", "number", "Where it ends, in seconds.", IsRepeated: true));

    public static VampVerb Continue { get; } = new(
        "continue", Extension, keepsSource: true,
        new QueryParameter("seconds", "number", "Music to add after the track, in seconds."),
        new QueryParameter("before", "number", "Music to add before the track, in seconds."));

    public static VampVerb Loop { get; } = new(
        "loop", Rounds, keepsSource: false,
        new QueryParameter("times", "integer", $"Rounds of the phrase; {UsualTimes} unless it is given."));

    private static void Regions(VampConfig config, QueryForm query)
    {
        var (from, to) = (query.Numbers("from"), query.Numbers("to"));
        if (query.Checks.Require(
            from.Count == to.Count && from.Count > 0, "from", $"{from.Count} \"from\" and {to.Count} \"to\": a stretch needs one of each"))
            config.Inpaint(from.Zip(to));
    }

    private static void Extension(VampConfig config, QueryForm query)
    {
        config.Continue(query.Number("before") ?? config.ExtendBeforeSeconds, query.Number("seconds") ?? config.ExtendAfterSeconds);
        query.Checks.Require(
            config is not { ExtendAfterSeconds: 0, ExtendBeforeSeconds: 0 }, "seconds", "is missing: say how long to go on, or \"before\"");
    }

    private static void Rounds(VampConfig config, QueryForm query)
    {
        var times = query.Number("times") ?? (config.Repeat > 0 ? config.Repeat : UsualTimes);
        if (query.Checks.Require(times is >= 1 and <= int.MaxValue && double.IsInteger(times), "times", $"is {times}, expected 1 or more"))
            config.Repeat = (uint)times;
    }
}
