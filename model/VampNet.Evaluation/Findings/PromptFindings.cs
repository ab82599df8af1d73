using VampNet.Evaluation.Metrics;

namespace VampNet.Evaluation.Findings;

/// <summary>Section 4.4 and figure 4: what prompts keep.</summary>
internal static class PromptFindings
{
    private const string Beats = "beats, 75 ms";

    private static readonly string[] s_periodic = ["periodic, P=32", "periodic, P=16", "periodic, P=8"],
        s_inpainting = ["inpaint, 1 s", "inpaint, 2 s"],
        s_all = ["compression, Nk=1", .. s_periodic, Beats, .. s_inpainting];

    public static IEnumerable<Finding> Of(MeasuredOutcomes measured) =>
        [.. AgainstNoise(measured), .. OfBeats(measured), .. SpreadOut(measured)];

    private static IEnumerable<Finding> AgainstNoise(MeasuredOutcomes measured)
    {
        if (measured.Noise is not { } noise)
            yield break;
        foreach (var prompt in measured.Some(s_all))
        {
            yield return Comparisons.AsGood(
                "5", $"noise at the bitrate of {MeasuredOutcomes.Rated(prompt)} has a mel error as good", ("noise", "the prompt"),
                noise.At(prompt.BitsPerSecond, o => o.MelLong), prompt.MelLong);
        }
        foreach (var prompt in measured.Some(s_all))
        {
            yield return Comparisons.FarBelow(
                "5", $"noise at the bitrate of {MeasuredOutcomes.Rated(prompt)} has a far higher Fréchet distance (intervals apart)",
                ("the prompt", "noise"), prompt.Frechet, noise.At(prompt.BitsPerSecond, o => o.Frechet));
        }
    }

    private static IEnumerable<Finding> OfBeats(MeasuredOutcomes measured)
    {
        var others = measured.Some(s_all.Where(name => name != Beats));
        if (others.Count == 0 || measured.All(Beats) is not [var beats])
            yield break;
        yield return Comparisons.Lowest(
            "5", "beat-driven prompts have the lowest Fréchet distance of all prompts", beats, others, o => o.Frechet);
        var generating = others.Where(o => o.Condition.StartsWith("periodic", StringComparison.Ordinal)
            || s_inpainting.Contains(o.Condition)).ToList();
        if (generating.Count > 0)
        {
            yield return Comparisons.Highest(
                "5", "the tempo is steadier with beat-driven prompts than with others (by ear; here: periods of onsets)", beats,
                generating, o => o.Tempo);
            yield return Comparisons.Highest(
                "5", "the tempo is steadier with beat-driven prompts (by ear; a second measure: onsets at the same moments)", beats,
                generating, o => o.Onsets);
        }
        var periodic = measured.Some(s_periodic);
        if (periodic.Count > 0)
            yield return Comparisons.Lowest(
                "5", "beat-driven results resemble the music more than those of periodic prompts (by ear; here: mel error)", beats,
                periodic, o => o.MelLong);
    }

    private static IEnumerable<Finding> SpreadOut(MeasuredOutcomes measured)
    {
        foreach (var inpainting in s_inpainting)
        {
            if (measured.All("periodic, P=16", inpainting) is not [var spread, var ends])
                continue;
            foreach (var (name, of) in MeasuredOutcomes.Figures)
            {
                yield return Comparisons.AsGood(
                    "5", "frames that are spread out do as well as more of them at the ends: "
                        + $"{MeasuredOutcomes.Rated(spread)} is as good as {MeasuredOutcomes.Rated(ends)} ({name})",
                    (spread.Condition, ends.Condition), of(spread), of(ends));
            }
        }
    }
}
