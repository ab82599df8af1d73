namespace VampNet.Simulation.Mesh;

/// <summary>Figures of requests.</summary>
internal static class Statistics
{
    /// <summary>The latency that this share of the answered requests does not exceed; NaN where none was answered.</summary>
    public static double Quantile(this IEnumerable<Outcome> outcomes, double share)
    {
        var latencies = outcomes.Answered().Order().ToList();
        return latencies.Count == 0 ? double.NaN : latencies[Math.Max(0, (int)Math.Ceiling(share * latencies.Count) - 1)];
    }

    /// <summary>Mean latency of those that were answered.</summary>
    public static double Mean(this IEnumerable<Outcome> outcomes) => outcomes.Answered().DefaultIfEmpty(double.NaN).Average();

    public static int Count(this IEnumerable<Outcome> outcomes, Ending ending) => outcomes.Count(outcome => outcome.Ending == ending);

    private static IEnumerable<double> Answered(this IEnumerable<Outcome> outcomes) =>
        outcomes.Where(outcome => outcome.Ending == Ending.Answered).Select(outcome => outcome.Latency);
}
