using System.Diagnostics.Metrics;

namespace VampNet.Services.Hosting.Telemetry;

/// <summary>Upper bounds of histogram buckets.</summary>
public static class Buckets
{
    /// <summary>For times in seconds: those that OpenTelemetry advises for calls, and on to ten minutes, for long music.</summary>
    public static InstrumentAdvice<double> Seconds { get; } =
        new()
        {
            HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 120, 300, 600],
        };

    /// <summary>For counts that double: sizes of batches, steps of a sequence.</summary>
    public static InstrumentAdvice<int> Counts { get; } =
        new() { HistogramBucketBoundaries = [1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 128, 256, 512, 1_024] };

    /// <summary>For rates in tokens a second.</summary>
    public static InstrumentAdvice<double> TokensPerSecond { get; } =
        new() { HistogramBucketBoundaries = [10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000] };

    /// <summary>For time per time of music: below 1 is faster than real time.</summary>
    public static InstrumentAdvice<double> RealTimeFactors { get; } =
        new() { HistogramBucketBoundaries = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.75, 1, 1.5, 2, 5, 10, 20, 50] };
}
