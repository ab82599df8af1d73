using System.Text.Json.Serialization;

namespace VampNet.Load;

/// <summary>How the knee is looked for.</summary>
public sealed record SaturationOptions
{
    /// <summary>Calls a second of the first step, above 0.</summary>
    public double FirstRate { get; init; } = 1;

    /// <summary>Each step asks for so many times more than the one before, above 1.</summary>
    public double Growth { get; init; } = 1.5;

    /// <summary>Most steps in all.</summary>
    public int MaxSteps { get; init; } = 12;

    /// <summary>Steps between the last rate that held and the first that broke.</summary>
    public int Refinements { get; init; } = 2;

    /// <summary>
    /// A step breaks where p99 is above this, in seconds; null: where p99 or p50 is above <see cref="LatencyGrowth"/> times the lowest so
    /// far.
    /// </summary>
    public double? MaxP99 { get; init; }

    /// <inheritdoc cref="MaxP99"/>
    public double LatencyGrowth { get; init; } = 5;

    /// <summary>A step breaks where less than this share of the calls that were due in its second half was answered there.</summary>
    public double MinGoodput { get; init; } = 0.9;

    /// <summary>A step breaks where more than this share of the calls failed.</summary>
    public double MaxErrorShare { get; init; } = 0.01;
}

/// <summary>A rate that was tried.</summary>
/// <param name="Rate">Calls a second.</param>
/// <param name="Result">What became of them.</param>
/// <param name="Broken">Why it is too much, in words; null: it held.</param>
public sealed record SaturationStep(double Rate, LoadResult Result, string? Broken);

/// <summary>How much a target takes.</summary>
/// <param name="Steps">In the order that they were made.</param>
public sealed record SaturationResult(IReadOnlyList<SaturationStep> Steps)
{
    /// <summary>The highest rate that held, below every one that broke; null: none did.</summary>
    public double? KneeRate => Knee?.Rate;

    /// <summary>The step at <see cref="KneeRate"/>.</summary>
    [JsonIgnore]
    public SaturationStep? Knee => Steps.Where(step => step.Broken is null && step.Rate < Ceiling).MaxBy(step => step.Rate);

    /// <summary>False: nothing broke as far as was tried, so the knee lies higher.</summary>
    public bool IsSaturated => Ceiling < double.PositiveInfinity;

    private double Ceiling =>
        Steps.Where(step => step.Broken is not null).Select(step => step.Rate).DefaultIfEmpty(double.PositiveInfinity).Min();
}

/// <summary>Steps the rate up until something breaks, then looks between the last two rates.</summary>
/// <param name="measure">Makes one run at a rate.</param>
public sealed class SaturationSearch(Func<double, Task<LoadResult>> measure)
{
    /// <summary>Looks for the knee.</summary>
    public async Task<SaturationResult> RunAsync(SaturationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var steps = new List<SaturationStep>();
        var (held, broke) = (0.0, double.PositiveInfinity);
        var refinements = 0;
        for (var rate = options.FirstRate; steps.Count < options.MaxSteps && refinements <= options.Refinements; rate = Next())
        {
            var result = await measure(rate);
            var step = new SaturationStep(rate, result, Broken(result, steps, options));
            steps.Add(step);
            (held, broke) = step.Broken is null ? (rate, broke) : (held, rate);
            if (held > 0 && broke < double.PositiveInfinity)
                refinements++;
        }
        return new SaturationResult(steps);

        double Next() => held == 0 ? broke / 2
            : broke == double.PositiveInfinity ? held * options.Growth
            : Math.Sqrt(held * broke);
    }

    private static string? Broken(LoadResult result, List<SaturationStep> before, SaturationOptions options)
    {
        if (result.Done + result.Failed == 0)
            return "no call was due";
        if (result.ErrorShare > options.MaxErrorShare)
            return FormattableString.Invariant($"{result.ErrorShare:P1} of the calls failed");
        // Whoever falls behind shows it in the second half. By chance two standard deviations of a Poisson process may be missing.
        var (due, done) = result.SecondHalf;
        if (due - done > Math.Max((1 - options.MinGoodput) * due, 2 * Math.Sqrt(due)))
            return FormattableString.Invariant($"{done} answers for {due} calls in the second half");
        if (options.MaxP99 is { } most)
            return Above("p99", result.Latency.P99, most);
        // Of few calls, p99 is the slowest one, and p50 tells more.
        return Above("p99", result.Latency.P99, Limit(latency => latency.P99))
            ?? Above("p50", result.Latency.P50, Limit(latency => latency.P50));

        double Limit(Func<Percentiles, double> value) =>
            options.LatencyGrowth * before.Select(step => value(step.Result.Latency)).DefaultIfEmpty(double.PositiveInfinity).Min();
    }

    private static string? Above(string name, double seconds, double limit) =>
        seconds > limit ? FormattableString.Invariant($"{name} is {seconds:0.000} s, above {limit:0.000} s") : null;
}
