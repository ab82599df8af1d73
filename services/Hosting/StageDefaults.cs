using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VampNet.Services.Hosting.Admission;
using VampNet.Services.Hosting.Drain;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Health;
using VampNet.Services.Hosting.Limits;
using VampNet.Services.Hosting.Telemetry;

namespace VampNet.Services.Hosting;

/// <summary>What every process of the mesh shares.</summary>
public static class StageDefaults
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(30), HeadersTimeout = TimeSpan.FromSeconds(10);

    /// <summary>gRPC over cleartext HTTP/2, limits, health, error mapping, telemetry, a graceful end.</summary>
    /// <param name="builder">The builder of one server.</param>
    /// <param name="port">The port where to listen unless the configuration says otherwise (Urls, or Kestrel:Endpoints).</param>
    public static WebApplicationBuilder AddStageDefaults(this WebApplicationBuilder builder, int port)
    {
        if (builder.Configuration[WebHostDefaults.ServerUrlsKey] is null
            && !builder.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
            builder.WebHost.UseUrls($"http://*:{port}");
        var metricsPort = builder.Configuration.MetricsPort();
        if (metricsPort > 0)
            builder.WebHost.UseUrls(
                [.. (builder.WebHost.GetSetting(WebHostDefaults.ServerUrlsKey) ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries),
                $"http://*:{metricsPort}"]);
        builder.WebHost.ConfigureKestrel(kestrel => ConfigureKestrel(kestrel, metricsPort));
        // Their two lines a request would drown everything else.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("Grpc", LogLevel.Warning)
            .AddFilter("Yarp", LogLevel.Warning)
            // It logs what clients send wrongly as errors with stack traces. MalformedRequests and ErrorInterceptor log in its place.
            .AddFilter("Grpc.AspNetCore.Server.ServerCallHandler", LogLevel.Critical);

        builder.Services.AddSingleton<RequestDrain>();
        builder.Services.AddSingleton<MalformedRequests>();
        builder.Services.TryAddSingleton(ShortagePolicy.Stage);
        builder.Services.AddSingleton<ShortageGuard>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<ShortageGuard>());
        builder.Services.AddLimits();
        builder.Services.AddAdmission();
        builder.Services.AddOptions<DrainOptions>().BindConfiguration(DrainOptions.Section)
            .Validate(d => d.IsValid, "Drain:DelaySeconds and Drain:Seconds must be 0 to 86400")
            .ValidateOnStart();
        builder.Services.AddOptions<HostOptions>()
            .Configure<IOptions<DrainOptions>>((host, drain) => host.ShutdownTimeout = drain.Value.Longest);
        builder.Services.AddSingleton<DrainCoordinator>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<DrainCoordinator>());
        builder.Services.AddSingleton<HealthRegistry>();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.AddTelemetry();
        builder.Services.AddGrpc(grpc =>
        {
            grpc.Interceptors.Add<IdleInterceptor>();
            grpc.Interceptors.Add<RpcTelemetryInterceptor>();
            grpc.Interceptors.Add<ErrorInterceptor>();
            grpc.Interceptors.Add<DrainInterceptor>();
            grpc.Interceptors.Add<AdmissionInterceptor>();
        });
        builder.Services.AddGrpcReflection();
        return builder;
    }

    /// <summary>Health for gRPC (grpc.health.v1) and for plain HTTP (/healthz); reflection; metrics (/metrics).</summary>
    public static WebApplication MapStageDefaults(this WebApplication app)
    {
        var health = app.Services.GetRequiredService<HealthRegistry>();
        app.Services.GetRequiredService<ShortageGuard>().Changed += isShort => health.IsShort = isShort;
        app.Use(ConnectionLimit.CountAsync);
        app.Use(app.Services.GetRequiredService<HeaderLimit>().CheckAsync);
        app.Use(app.Services.GetRequiredService<DefaultDeadline>().AddAsync);
        app.Use(app.Services.GetRequiredService<MalformedRequests>().WatchAsync);
        app.Use(app.Services.GetRequiredService<IdleLimit>().WatchAsync);
        app.Use(app.Services.GetRequiredService<RequestDrain>().AfterAsync);
        app.MapGrpcService<HealthRegistry>();
        app.MapGrpcReflectionService();
        app.MapGet("/healthz", (HttpContext context) =>
        {
            RpcSpans.Suppress(context);
            return health.IsServing
                ? Results.Text(Lines("serving"))
                : Results.Text(Lines("not serving"), statusCode: StatusCodes.Status503ServiceUnavailable);

            string Lines(string status) => string.Join('\n', [status, .. health.Details]);
        }).DisableHttpMetrics();
        app.MapMetrics();
        return app;
    }

    // Streams may be long and slow on purpose: their sizes are checked where they are read, and so is whether anything comes.
    private static void ConfigureKestrel(KestrelServerOptions kestrel, int metricsPort)
    {
        kestrel.AddServerHeader = false;
        kestrel.ConfigureEndpointDefaults(endpoint =>
        {
            var isMetrics = metricsPort > 0 && endpoint.IPEndPoint?.Port == metricsPort;
            endpoint.Protocols = isMetrics ? HttpProtocols.Http1 : HttpProtocols.Http2;
            var frames = endpoint.ApplicationServices.GetRequiredService<FrameLimit>();
            endpoint.Use(next => connection => frames.CountAsync(connection, next));
            var connections = endpoint.ApplicationServices.GetRequiredService<ConnectionLimit>();
            endpoint.Use(next => connection => connections.WatchAsync(connection, next));
        });
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
        kestrel.Limits.Http2.KeepAlivePingDelay = KeepAlive;
    }
}
