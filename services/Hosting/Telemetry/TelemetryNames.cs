using System.Diagnostics.Metrics;

namespace VampNet.Services.Hosting.Telemetry;

/// <summary>Which meters and span sources belong to the mesh's telemetry, beside those that OpenTelemetry's packages know.</summary>
public static class TelemetryNames
{
    /// <summary>The attribute that says what a stage did: generate, embed, score, encode, decode or track.</summary>
    public const string Operation = "vampnet.operation";

    /// <summary>Names of the meters, with a wildcard.</summary>
    internal const string Meters = "VampNet.*";

    /// <summary>
    /// A call is a span of gRPC's, in which is one of HTTP, which names itself in traceparent, and so is above the server's.
    /// None may be left out, or the trace falls apart.
    /// </summary>
    public static string[] Sources => ["VampNet.*", "Grpc.Net.Client", "System.Net.Http", "Microsoft.AspNetCore"];
}

/// <summary>What a server of the mesh is called in metrics and traces: codec, coarse, fine, beats or gateway.</summary>
public sealed record StageName(string Value)
{
    /// <summary>The attribute that says so.</summary>
    public const string Attribute = "vampnet.stage";

    /// <inheritdoc cref="StageName"/>
    public override string ToString() => Value;

    /// <summary>The name as an attribute of a measurement.</summary>
    public KeyValuePair<string, object?> Tag => new(Attribute, Value);
}

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
