using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using VampNet.Services.Hosting.Telemetry.Compute;
using VampNet.Services.Hosting.Telemetry.Otlp;
using VampNet.Services.Hosting.Telemetry.Prometheus;
using VampNet.Services.Hosting.Telemetry.Rpc;

namespace VampNet.Services.Hosting.Telemetry;

/// <summary>Metrics and traces of every server of the mesh: docs/telemetry.md.</summary>
internal static class TelemetryDefaults
{
    public static void AddTelemetry(this IServiceCollection services)
    {
        services.AddOptions<MetricsOptions>().BindConfiguration(MetricsOptions.Section)
            .Validate(m => m.Port is >= 0 and <= ushort.MaxValue, "Metrics:Port must be 0 to 65535")
            .ValidateOnStart();
        services.AddMetrics();
        // Until a stage or the gateway says what it is.
        services.AddSingleton(provider => new StageName(provider.GetRequiredService<IHostEnvironment>().ApplicationName));
        services.AddSingleton<RpcMetrics>();
        services.AddSingleton<ComputeMetrics>();
        services.AddSingleton<JobMetrics>();
        services.AddSingleton<GenerationMetrics>();
        services.AddSingleton<AudioMetrics>();
        services.AddSingleton<PrometheusCollector>();
        services.AddHostedService<OtlpExport>();
    }

    /// <summary>The metrics in Prometheus' text format, on every port of the server.</summary>
    public static void MapMetrics(this WebApplication app)
    {
        // From now on, not from the first scrape on.
        var collector = app.Services.GetRequiredService<PrometheusCollector>();
        app.MapGet("/metrics", () => Results.Text(collector.Collect(), PrometheusText.ContentType)).Unmeasured();
    }

    /// <summary>Leaves an endpoint out of metrics and traces.</summary>
    public static void Unmeasured(this RouteHandlerBuilder endpoint) => endpoint.DisableHttpMetrics().AddEndpointFilter((context, next) =>
    {
        RpcSpans.Suppress(context.HttpContext);
        return next(context);
    });

    /// <summary>The port of <see cref="MetricsOptions"/>, before there are services.</summary>
    public static int MetricsPort(this IConfiguration configuration) => configuration.GetSection(MetricsOptions.Section).Get<MetricsOptions>()?.Port ?? 0;
}
