using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace VampNet.Services.Hosting.Telemetry.Otlp;

/// <summary>
/// Sends metrics and traces to an OpenTelemetry collector where the configuration names one, as OpenTelemetry's own
/// settings say (OTEL_EXPORTER_OTLP_ENDPOINT, …_PROTOCOL, OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER …).
/// </summary>
internal sealed class OtlpExport(IConfiguration configuration, IHostEnvironment environment) : IHostedService
{
    /// <summary>Turns the export on.</summary>
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // OpenTelemetry hears whole processes: where several servers share one, the first speaks for all.
    private static int s_isTaken;

    private IDisposable[] _providers = [];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!string.IsNullOrEmpty(configuration[Endpoint]) && Interlocked.Exchange(ref s_isTaken, 1) == 0)
            _providers = [Metrics(), Traces()];
        return Task.CompletedTask;
    }

    /// <summary>Sends what was not sent yet.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _providers.Length == 0 ? Task.CompletedTask : Task.Run(
        () =>
        {
            foreach (var provider in _providers)
                provider.Dispose();
            _providers = [];
            Volatile.Write(ref s_isTaken, 0);
        },
        cancellationToken);

    private MeterProvider Metrics() => Sdk.CreateMeterProviderBuilder()
        .ConfigureServices(services => services.AddSingleton(configuration))
        .ConfigureResource(Describe)
        .AddMeter(TelemetryNames.Meters)
        .AddOtlpExporter()
        .Build();

    private TracerProvider Traces() => Sdk.CreateTracerProviderBuilder()
        .ConfigureServices(services => services.AddSingleton(configuration))
        .ConfigureResource(Describe)
        .AddSource(TelemetryNames.Sources)
        .AddOtlpExporter()
        .Build();

    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES have the last word.
    private void Describe(ResourceBuilder resource) => resource.AddService(environment.ApplicationName).AddEnvironmentVariableDetector();
}
