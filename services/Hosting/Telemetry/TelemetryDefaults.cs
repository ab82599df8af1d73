using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace VampNet.Services.Hosting.Telemetry;

/// <summary>Metrics and traces of every server of the mesh: docs/telemetry.md.</summary>
public static class TelemetryDefaults
{
    /// <summary>OpenTelemetry's setting for where traces go; "none" = nowhere.</summary>
    public const string TracesExporter = "OTEL_TRACES_EXPORTER";

    /// <summary>Most series of a metric; what would be one more is counted in a series that says so.</summary>
    internal const int MaxSeries = 500;

    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    internal static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        // Until a stage or the gateway says what it is.
        services.AddSingleton(new StageName(builder.Environment.ApplicationName));
        services.AddSingleton<RpcMetrics>();

        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                // Several servers may share a process: each is an instance of its own.
                .AddService(builder.Environment.ApplicationName, serviceInstanceId: $"{Guid.NewGuid()}")
                .AddEnvironmentVariableDetector()) // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES have the last word
            .WithMetrics(metrics => metrics
                .AddMeter(TelemetryNames.Meters)
                .AddAspNetCoreInstrumentation()
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter(page =>
                {
                    page.ScopeInfoEnabled = false;
                    page.TargetInfoEnabled = false;
                    page.ScrapeResponseCacheDurationMilliseconds = 0;
                }));
        services.ConfigureOpenTelemetryMeterProvider((provider, metrics) =>
            metrics.AddView(Own(provider.GetRequiredService<IMeterFactory>())));
        if (string.IsNullOrEmpty(builder.Configuration[OtlpEndpoint]))
            return;
        telemetry.WithMetrics(metrics => metrics.AddOtlpExporter());
        // Not AspNetCore's instrumentation, which names a call's span after its HTTP route: RpcSpans names it by gRPC's
        // conventions. Nor Http's: .NET itself describes the spans of its HTTP client by the conventions.
        if (builder.Configuration[TracesExporter] != "none")
            telemetry.WithTracing(traces => traces.AddSource(TelemetryNames.Sources).AddGrpcClientInstrumentation().AddOtlpExporter());
    }

    /// <summary>The metrics in Prometheus' text format.</summary>
    internal static IEndpointConventionBuilder MapMetrics(this WebApplication app) => app
        .MapPrometheusScrapingEndpoint("/metrics", meterProvider: null, branch => branch.Use(RpcSpans.SuppressAsync), optionsName: null)
        .DisableHttpMetrics();

    /// <summary>The instruments of a server and those of its process, but not those of other servers in it.</summary>
    private static Func<Instrument, MetricStreamConfiguration> Own(IMeterFactory server) => instrument =>
        instrument.Meter.Scope is null || ReferenceEquals(instrument.Meter.Scope, server)
            ? new MetricStreamConfiguration { CardinalityLimit = MaxSeries }
            : MetricStreamConfiguration.Drop;
}
