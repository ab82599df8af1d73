using VampNet.Evaluation.Findings;
using VampNet.Evaluation.Metrics;
using VampNet.Training.Plots;

namespace VampNet.Evaluation.Reports;

/// <summary>One of an experiment's pictures.</summary>
/// <param name="Name">in the file's name</param>
/// <param name="Figure">that is drawn</param>
internal sealed record ReportChart(string Name, string Figure, string Svg);

/// <summary>An experiment's pictures: a curve over its axis or a bar a condition, with the baselines drawn in.</summary>
internal static class ReportCharts
{
    /// <param name="all">every outcome there is, for the baselines among them</param>
    /// <param name="distance">what the Fréchet distance is called</param>
    public static IEnumerable<ReportChart> Of(
        Experiment experiment, IReadOnlyList<Outcome> outcomes, IReadOnlyList<Outcome> all, string distance)
    {
        yield return Draw("mel", "mel error at FFT 2048", o => o.MelLong, isLogarithmic: false);
        yield return Draw("frechet", distance, o => o.Frechet, isLogarithmic: true);

        ReportChart Draw(string name, string figure, Func<Outcome, Estimate> of, bool isLogarithmic)
        {
            var title = $"{experiment.Title}: {figure}";
            return new(name, figure, experiment.Axis is { } axis
                ? new Chart(title, axis, figure, [.. Curves(axis, outcomes, all, of)])
                {
                    IsLogarithmic = true,
                    HasLogarithmicValues = isLogarithmic,
                }.ToSvg()
                : (Bars(title, figure, outcomes, all, of) with { IsLogarithmic = isLogarithmic }).ToSvg());
        }
    }

    private static IEnumerable<Curve> Curves(
        string axis, IReadOnlyList<Outcome> outcomes, IReadOnlyList<Outcome> all, Func<Outcome, Estimate> of)
    {
        var (from, to) = (outcomes[0].At!.Value, outcomes[^1].At!.Value);
        yield return new Curve("generated", [.. outcomes.Select(o => Point(o.At!.Value, of(o)))]) { IsMarked = true };
        foreach (var codec in all.Where(o => o.Condition == Baseline.Codec))
            yield return Level(Baseline.Codec, of(codec).Value);
        if (NoiseCurve.Of(all) is not { } noise)
            yield break;
        if (axis != Experiments.BitrateAxis)
        {
            yield return Level("noise at the bitrate", noise.At(outcomes[0].BitsPerSecond, of).Value);
            yield break;
        }
        yield return new Curve("noisy tokens", [.. noise.Outcomes.Select(o => Point(o.BitsPerSecond, of(o)))]) { IsMarked = true };
        var opus = all.Where(o => o.Condition.StartsWith(Baseline.Opus, StringComparison.Ordinal)).ToList();
        if (opus.Count > 0)
            yield return new Curve("Opus", [.. opus.Select(o => Point(o.BitsPerSecond, of(o)))]) { IsMarked = true, HasNoLine = true };

        Curve Level(string name, double value) => new(name, [new(from, value), new(to, value)]) { IsDashed = true };
    }

    private static BarChart Bars(
        string title, string figure, IReadOnlyList<Outcome> outcomes, IReadOnlyList<Outcome> all, Func<Outcome, Estimate> of)
    {
        var noise = NoiseCurve.Of(all);
        var bars = outcomes.Select(o => new Bar(o.Condition, of(o).Value, IntervalOf(of(o)))
        {
            Mark = noise?.Reaches(o.BitsPerSecond) == true ? noise.At(o.BitsPerSecond, of).Value : null,
        });
        return new BarChart(title, figure, [.. bars])
        {
            Level = all.Where(o => o.Condition == Baseline.Codec).Select(o => (double?)of(o).Value).FirstOrDefault(),
            LevelName = Baseline.Codec,
            MarkName = "noise at the bitrate",
        };
    }

    private static CurvePoint Point(double x, Estimate y) => new(x, y.Value, IntervalOf(y));

    private static Interval IntervalOf(Estimate estimate) => new(estimate.Low, estimate.High);
}
