namespace VampNet.Load.Reports;

/// <summary>A report as a picture (SVG).</summary>
public static class LoadPicture
{
    private const double Width = 390;

    // Times of 0 have no place on a logarithmic scale.
    private const double Least = 1e-6;

    /// <summary>Of a search, answers and latencies against the rate; otherwise latencies by percentile and answers by time.</summary>
    public static string Draw(LoadReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return Plot.Page(report.Saturation is { } search ? OfSearch(search) : OfRun(report.Result));
    }

    private static Plot[] OfSearch(SaturationResult search)
    {
        var steps = search.Steps.OrderBy(step => step.Rate).ToList();
        return
        [
            new("answers a second", "calls a second", "calls/s", false, 0, [OfSteps("measured", r => r.CallsPerSecond)]),
            new("p50", "calls a second", "seconds", true, Width, [OfSteps("p50", r => Math.Max(Least, r.Latency.P50))]),
            new("p99", "calls a second", "seconds", true, 2 * Width, [OfSteps("p99", r => Math.Max(Least, r.Latency.P99))]),
        ];

        Curve OfSteps(string name, Func<LoadResult, double> value) => new(name, [.. steps.Select(step => (step.Rate, value(step.Result)))]);
    }

    private static Plot[] OfRun(LoadResult result)
    {
        List<Curve> latencies = [OfPercentiles("answer", result.Latency)];
        if (result.First.Count > 0)
            latencies.Add(OfPercentiles("first result", result.First));
        var answers = result.Slices.Select(slice => (slice.Number * slice.Seconds, slice.Done / slice.Seconds)).DefaultIfEmpty();
        return
        [
            new("latency", "percentile", "seconds", true, 0, latencies),
            new("answers", "seconds since the start", "calls/s", false, Width, [new Curve("answers", [.. answers])]),
        ];
    }

    private static Curve OfPercentiles(string name, Percentiles p) => new(name,
        [(50, Math.Max(Least, p.P50)), (90, Math.Max(Least, p.P90)), (99, Math.Max(Least, p.P99)), (100, Math.Max(Least, p.Max))]);
}
