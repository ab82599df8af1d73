namespace VampNet.Services.Hosting.Telemetry;

/// <summary>Which meters and span sources belong to the mesh's telemetry: its own, and what .NET measures of a server.</summary>
internal static class TelemetryNames
{
    private const string Own = "VampNet.";

    /// <summary>For OpenTelemetry, which takes wildcards.</summary>
    public static string[] Meters => [Own + "*", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"];

    /// <summary>"Microsoft.AspNetCore" and "Grpc.Net.Client" are the two ends of each call; the HTTP request between them needs no span.</summary>
    public static string[] Sources => [Own + "*", "Microsoft.AspNetCore", "Grpc.Net.Client", "Yarp.ReverseProxy"];

    public static bool IsMeter(string name) => name.StartsWith(Own, StringComparison.Ordinal) || Meters.Contains(name);
}
