using System.Globalization;
using VampNet.Evaluation.Metrics;

namespace VampNet.Evaluation.Findings;

/// <summary>Findings that compare errors or distances, of which less is better.</summary>
internal static class Comparisons
{
    /// <summary>Each is below the one before.</summary>
    public static Finding Falling(string section, string claim, IReadOnlyList<Estimate> values)
    {
        var pairs = values.Zip(values.Skip(1)).ToList();
        return new Finding(
            section, claim, Of(pairs.All(pair => pair.Second.Value < pair.First.Value)),
            string.Join(" → ", values.Select(value => value.Value.ToString("0.000", CultureInfo.InvariantCulture))))
        {
            IntervalsOverlap = pairs.Any(pair => Overlap(pair.First, pair.Second)),
        };
    }

    /// <summary>Below the other, interval and all.</summary>
    /// <param name="names">of the two, in the figures</param>
    public static Finding FarBelow(string section, string claim, (string Own, string Other) names, Estimate own, Estimate other) =>
        Pair(section, claim, own.High < other.Low, names, own, other);

    /// <summary>Not worse beyond the intervals: its own does not lie above the other's. It may be better.</summary>
    /// <param name="names">of the two, in the figures</param>
    public static Finding AsGood(string section, string claim, (string Own, string Other) names, Estimate own, Estimate other) =>
        Pair(section, claim, own.Value <= other.Value || Overlap(own, other), names, own, other);

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
    public static Finding Lowest(string section, string claim, Outcome own, IReadOnlyList<Outcome> others, Func<Outcome, Estimate> of) =>
        Best(section, claim, own, others.MinBy(other => of(other).Value)!, others.Count, of, isLess: true);

    /// <summary>The highest of several, of figures of which more is better.</summary>
    /// <param name="own">that is to be it</param>
    /// <param name="others">at least one</param>
    public static Finding Highest(string section, string claim, Outcome own, IReadOnlyList<Outcome> others, Func<Outcome, Estimate> of) =>
        Best(section, claim, own, others.MaxBy(other => of(other).Value)!, others.Count, of, isLess: false);

    public static Verdict Of(bool holds) => holds ? Verdict.Yes : Verdict.No;

    private static bool Overlap(Estimate a, Estimate b) => a.Low <= b.High && b.Low <= a.High;

    /// <param name="best">of so many others</param>
    private static Finding Best(
        string section, string claim, Outcome own, Outcome best, int others, Func<Outcome, Estimate> of, bool isLess)
    {
        var (ours, theirs) = (of(own), of(best));
        return new Finding(
            section, claim, Of(isLess ? ours.Value < theirs.Value : ours.Value > theirs.Value),
            $"{ours} {own.Condition}, {theirs} {best.Condition}{(others > 1 ? ", the best of the others" : "")}")
        {
            IntervalsOverlap = Overlap(ours, theirs),
        };
    }

    private static Finding Pair(
        string section, string claim, bool holds, (string Own, string Other) names, Estimate own, Estimate other) =>
        new(section, claim, Of(holds), $"{own} {names.Own}, {other} {names.Other}") { IntervalsOverlap = Overlap(own, other) };
}
