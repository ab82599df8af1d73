using System.Globalization;

namespace VampNet.Evaluation.Findings;

/// <summary>Section 4.3 and figure 3: how many sampling steps it takes.</summary>
internal static class StepFindings
{
    private const int AutoregressiveSteps = 574; // frames of 10 s

    public static IEnumerable<Finding> Of(MeasuredOutcomes measured, double seconds)
    {
        var steps = measured.Experiment("steps");
        if (steps.Count < 2)
            yield break;
        yield return Comparisons.Lowest(
            "4.3", "a low number of steps makes realistic music: some number up to 36 has a lower Fréchet distance than 1",
            steps.Where(o => o.At is > 1 and <= 36).DefaultIfEmpty(steps[^1]).MinBy(o => o.Frechet.Value)!, [steps[0]], o => o.Frechet);
        if (measured.All("36 steps") is [var best])
            yield return Comparisons.Lowest(
                "5", "36 steps have the lowest Fréchet distance", best, [.. steps.Where(o => o != best)], o => o.Frechet);
        if (measured.All("12 steps", "36 steps") is [var few, var many])
            yield return AsGood("12 steps are as good as 36 (Fréchet distance)", few, many);
        if (measured.All("24 steps", "36 steps") is not [var chosen, var more] || (chosen.Alone, more.Alone) is not ({ } time, { } longer))
            yield break;
        var trade = AsGood("24 steps are a fair trade of quality for time: as good as 36 (Fréchet distance), and sooner", chosen, more);
        var times = string.Join(", ", measured.Some("12 steps", "24 steps", "36 steps").Select(o => Seconds(o.Alone, o.Condition)));
        yield return trade with
        {
            Verdict = Comparisons.Of(trade.Verdict == Verdict.Yes && time < longer),
            Figures = $"{trade.Figures}; {times}",
        };
        yield return new Finding(
            "5", "24 steps take less time than the music: about 6 s for 10 s on an NVIDIA RTX 3090", Comparisons.Of(time < seconds),
            string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s of music: {times}, one request alone on this machine"));
        var step = (longer - time) / (more.At!.Value - chosen.At!.Value);
        var all = time + (AutoregressiveSteps - chosen.At.Value) * step;
        yield return new Finding(
            "5", "one frame after another (autoregressive) the same 10 s take 574 steps and about a minute, ten times as long",
            Verdict.NotMeasured,
            string.Create(CultureInfo.InvariantCulture, $"no such model here; {AutoregressiveSteps} steps of these would be {all:0} s"));
    }

    private static Finding AsGood(string claim, Outcome own, Outcome other) =>
        Comparisons.AsGood("5", claim, (own.Condition, other.Condition), own.Frechet, other.Frechet);

    private static string Seconds(double? alone, string condition) =>
        string.Create(CultureInfo.InvariantCulture, $"{alone:0.0} s with {condition}");
}
