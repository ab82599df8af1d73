using System.Globalization;
using VampNet.Evaluation.Metrics;

namespace VampNet.Evaluation.Findings;

/// <summary>Findings that compare errors or distances, of which less is better.</summary>
internal static class Comparisons
{
    /// <summary>Each is below the one before.</summary>
    /// <param name="apart">their intervals must not overlap either</param>
    public static Finding Falling(string section, string claim, IReadOnlyList<Estimate> values, bool apart = false)
    {
        var pairs = values.Zip(values.Skip(1)).ToList();
        var overlap = pairs.Any(pair => Overlap(pair.First, pair.Second));
        var falls = pairs.All(pair => pair.Second.Value < pair.First.Value) && !(apart && overlap);
        return new Finding(section, claim, Of(falls), string.Join(" > ", values.Select(Text))) { IntervalsOverlap = overlap };
    }

    /// <summary>Not worse beyond the intervals: no higher than the upper end of the other's. It may be better.</summary>
    /// <param name="names">of the two, in the figures</param>
    public static Finding AsGood(string section, string claim, (string Own, string Other) names, Estimate own, Estimate other) =>
        new(section, claim, Of(own.Value <= other.High), $"{Text(own)} {names.Own}, {Text(other)} {names.Other}")
        {
            IntervalsOverlap = Overlap(own, other),
        };

    /// <summary>A finding that holds where all of these do.</summary>
    /// <param name="parts">one for each of what the claim is about</param>
    public static Finding All(string section, string claim, IReadOnlyList<Finding> parts) => new(
        section, claim, Of(parts.All(part => part.Verdict == Verdict.Yes)), string.Join("; ", parts.Select(p => $"{p.Claim} {p.Figures}")))
    {
        IntervalsOverlap = parts.Any(part => part.IntervalsOverlap),
    };

    /// <summary>The lowest of several.</summary>
    /// <param name="own">that is to be it</param>
    /// <param name="others">at least one</param>
    public static Finding Lowest(string section, string claim, Outcome own, IReadOnlyList<Outcome> others, Func<Outcome, Estimate> of)
    {
        var best = others.MinBy(other => of(other).Value)!;
        return new Finding(
            section, claim, Of(of(own).Value < of(best).Value),
            $"{Text(of(own))} {own.Condition}, {Text(of(best))} {best.Condition}{OfOthers(others)}")
        {
            IntervalsOverlap = Overlap(of(own), of(best)),
        };
    }

    /// <summary>That one of several was compared.</summary>
    public static string OfOthers(IReadOnlyList<Outcome> others) => others.Count > 1 ? ", the best of the others" : "";

    public static Verdict Of(bool holds) => holds ? Verdict.Yes : Verdict.No;

    public static bool Overlap(Estimate a, Estimate b) => a.Low <= b.High && b.Low <= a.High;

    public static string Text(Estimate e) => string.Create(CultureInfo.InvariantCulture, $"{e.Value:0.000} ({e.Low:0.000}–{e.High:0.000})");
}
