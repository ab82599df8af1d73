namespace VampNet.Services.Hosting.Telemetry;

/// <summary>Which meters and span sources belong to the mesh's telemetry: its own, and what .NET measures of a server.</summary>
internal static class TelemetryNames
{
    /// <summary>The attribute that says what a stage did: generate, embed, score, encode, decode or track.</summary>
    public const string Operation = "vampnet.operation";

    private const string Own = "VampNet.";

    /// <summary>For OpenTelemetry, which takes wildcards.</summary>
    public static string[] Meters => [Own + "*", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"];

    /// <summary>A call is a span of gRPC's, in which is one of HTTP, which names itself in traceparent, and so is above the server's. None may be left out, or the trace falls apart.</summary>
    public static string[] Sources => [Own + "*", "Grpc.Net.Client", "System.Net.Http", "Microsoft.AspNetCore"];

    public static bool IsMeter(string name) => name.StartsWith(Own, StringComparison.Ordinal) || Meters.Contains(name);
}
