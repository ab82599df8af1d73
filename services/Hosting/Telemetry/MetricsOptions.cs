namespace VampNet.Services.Hosting.Telemetry;

/// <summary>Where Prometheus finds a server (configuration section "Metrics").</summary>
public sealed class MetricsOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Metrics";

    /// <summary>A port of its own for HTTP/1.1, which is what Prometheus speaks; 0 = none.</summary>
    public int Port { get; set; }
}
