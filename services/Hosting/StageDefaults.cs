using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
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
using VampNet.Services.Hosting.Security;
using VampNet.Services.Hosting.Telemetry;

namespace VampNet.Services.Hosting;

/// <summary>What every process of the mesh shares.</summary>
public static class StageDefaults
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(30), HeadersTimeout = TimeSpan.FromSeconds(10);

    /// <summary>gRPC over HTTP/2, TLS if configured, limits, health, error mapping, telemetry, a graceful end.</summary>
    /// <param name="builder">The builder of one server.</param>
    /// <param name="port">The port where to listen unless the configuration says otherwise (Urls, or Kestrel:Endpoints).</param>
    /// <param name="httpPort">The port for HTTP/1.1 unless the configuration says otherwise (Http:Port); null = gRPC alone.</param>
    public static WebApplicationBuilder AddStageDefaults(this WebApplicationBuilder builder, int port, int? httpPort = null)
    {
        if (builder.Configuration["Secrets:Path"] is { } secrets)
            builder.Configuration.AddKeyPerFile(Path.GetFullPath(secrets), optional: false);
        var operators = OperatorPorts.Of(builder.Configuration);
        var http = HttpPort.Of(builder.Configuration, httpPort);
        builder.UseAddresses(port, http, operators);
        builder.WebHost.ConfigureKestrel(kestrel => ConfigureKestrel(kestrel, http, operators));
        // Their two lines a request would drown everything else.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("Grpc", LogLevel.Warning)
            .AddFilter("Yarp", LogLevel.Warning)
            // It logs what clients send wrongly as errors with stack traces. MalformedRequests and ErrorInterceptor log in its place.
            .AddFilter("Grpc.AspNetCore.Server.ServerCallHandler", LogLevel.Critical);

        builder.Services.AddSingleton(http);
        builder.Services.AddSingleton(operators);
        builder.Services.AddSingleton<MatcherPolicy, PortMatcherPolicy>();
        builder.Services.AddTls();
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

    /// <summary>Health for gRPC (grpc.health.v1) and for plain HTTP (/healthz, /livez); reflection; metrics (/metrics).</summary>
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
        // Not what comes with it, the answer to methods that there are not.
        app.MapGrpcService<HealthRegistry>().Add(endpoint =>
        {
            if (endpoint.Metadata.OfType<GrpcMethodMetadata>().Any())
                endpoint.Metadata.Add(new AllowAnonymousAttribute());
        });
        var operators = app.Services.GetRequiredService<OperatorPorts>();
        if (operators.HasReflection)
            app.MapGrpcReflectionService().At(operators.Reflection);
        app.MapGet("/livez", Suppressed(_ => Results.Text("alive"))).DisableHttpMetrics().At(operators.Metrics);
        app.MapGet("/healthz", Suppressed(_ => health.IsServing
            ? Results.Text(Lines("serving"))
            : Results.Text(Lines("not serving"), statusCode: StatusCodes.Status503ServiceUnavailable))).DisableHttpMetrics()
            .At(operators.Metrics);
        app.MapMetrics().At(operators.Metrics);
        return app;

        string Lines(string status) => string.Join('\n', [status, .. health.Details]);

        static Func<HttpContext, IResult> Suppressed(Func<HttpContext, IResult> answer) => context =>
        {
            RpcSpans.Suppress(context);
            return answer(context);
        };
    }

    // Streams may be long and slow on purpose: their sizes are checked where they are read, and so is whether anything comes.
    private static void ConfigureKestrel(KestrelServerOptions kestrel, HttpPort http, OperatorPorts operators)
    {
        kestrel.AddServerHeader = false;
        kestrel.ConfigureEndpointDefaults(endpoint =>
        {
            var port = endpoint.IPEndPoint?.Port;
            var isOperators = port > 0 && operators.All.Contains(port.Value);
            endpoint.Protocols = port > 0 && (port == operators.Metrics || port == http.Port) ? HttpProtocols.Http1
                : http.IsShared && !isOperators ? HttpProtocols.Http1AndHttp2
                : HttpProtocols.Http2;
            // First of all, so that what comes after it sees the frames as they were before they were encrypted.
            if (!isOperators || operators.HasTls)
                endpoint.ApplicationServices.GetRequiredService<ServerTls>().Use(endpoint, knowsClients: !isOperators);
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
