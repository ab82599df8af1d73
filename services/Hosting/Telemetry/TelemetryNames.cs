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
