using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection.Extensions;
using VampNet.Gateway.Generation;
using VampNet.Gateway.Http;
using VampNet.Gateway.Live;
using VampNet.Gateway.Pipeline;
using VampNet.Gateway.Replicas;
using VampNet.Gateway.Requests;
using VampNet.Gateway.Security;
using VampNet.Gateway.Sources;
using VampNet.Gateway.Stages;
using VampNet.Gateway.Telemetry;
using VampNet.Services.Hosting.Admission;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Health;
using VampNet.Services.Hosting.Telemetry;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace VampNet.Gateway;

/// <summary>The entrance of the mesh: the pipeline as a gRPC service, and routes to the services of every stage.</summary>
public static class GatewayStage
{
    /// <summary>What the gateway is called beside the stages, in telemetry and on the command line.</summary>
    public const string Name = GatewayStageNames.Gateway;

    /// <summary>Default port.</summary>
    public const int Port = 5100;

    /// <summary>Default port for HTTP/1.1.</summary>
    public const int HttpPort = 5180;

    public static WebApplicationBuilder AddGateway(this WebApplicationBuilder builder)
    {
        var addresses = builder.Configuration.GetSection(StageAddresses.Section).Get<StageAddresses>() ?? new StageAddresses();
        addresses.Check();
        // Below all other sources: a call here is several at the stages, and may be much on disk.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = [new($"{AdmissionOptions.Section}:{nameof(AdmissionOptions.MaxCalls)}", "64")],
        });
        builder.Services.AddSingleton(new StageName(Name));
        builder.Services.AddSingleton(ShortagePolicy.Gateway);
        builder.Services.AddSingleton<GatewayMetrics>();
        builder.Services.AddSingleton(addresses);
        builder.Services.AddOptions<RetryOptions>().BindConfiguration(RetryOptions.Section)
            .Validate(
                r => r is { PerCall: >= 0, PerRequest: >= 0, Tokens: > 0 },
                "Retries:PerCall and Retries:PerRequest must be at least 0, Retries:Tokens above 0")
            .Validate(r => r.HedgeAfterSeconds is null or (> 0 and <= 86_400), "Retries:HedgeAfterSeconds must be above 0, at most 86400")
            .ValidateOnStart();
        builder.Services.AddOptions<ReplicaOptions>().BindConfiguration(ReplicaOptions.Section)
            .Validate(
                r => r.IsValid,
                "Replicas:SuspectAfterSeconds must be at least 1, Replicas:AbandonAfterSeconds at least that, and at most 86400, "
                    + "as Replicas:WaitSeconds")
            .ValidateOnStart();
        builder.Services.AddOptions<ReplicaTlsOptions>().BindConfiguration(ReplicaTlsOptions.Section)
            .Validate(t => t.IsValid, "Replicas:Tls:CertificatePath and Replicas:Tls:KeyPath belong together")
            .ValidateOnStart();
        builder.Services.AddSingleton<ReplicaTls>();
        builder.Services.AddOptions<EncodeCacheOptions>().BindConfiguration(EncodeCacheOptions.Section)
            .Validate(c => c.MaxBytes >= 0, "EncodeCache:MaxBytes must be at least 0")
            .ValidateOnStart();
        builder.Services.AddSingleton<EncodeCache>();
        builder.AddCallers();
        builder.Services.AddOptions<WindowOptions>().BindConfiguration(WindowOptions.Section)
            .Validate(w => w.MaxInFlight is null or > 0, "Windows:MaxInFlight must be above 0")
            .ValidateOnStart();
        builder.Services.AddOptions<LiveOptions>().BindConfiguration(LiveOptions.Section)
            .Validate(l => l.IsValid, "Live:MaxLoopSeconds must be at least 0.5, at most 600")
            .ValidateOnStart();
        builder.Services.TryAddSingleton(_ => Random.Shared);
        builder.Services.AddSingleton<StageClients>();
        builder.Services.AddSingleton<StageRouter>();
        builder.Services.AddSingleton<StageWatcher>();
        builder.Services.AddSingleton<IStageStartup>(provider => provider.GetRequiredService<StageWatcher>());
        builder.Services.AddHostedService(provider => provider.GetRequiredService<StageWatcher>());
        builder.Services.AddSingleton<ServedModels>();
        builder.Services.AddSingleton<RequestContexts>();
        builder.Services.AddSingleton<VampPipeline>();
        builder.Services.AddHttpApi();
        builder.Services.AddRoutedReflection();
        builder.Services.AddReverseProxy().AddTransforms<RoutedCosts>();
        builder.Services.AddSingleton<IForwarderHttpClientFactory, ReplicaHttpClientFactory>();
        builder.Services.AddSingleton<RoutedCalls>();
        builder.Services.AddSingleton<PendingStepsLoadBalancingPolicy>();
        builder.Services.AddSingleton<IProxyConfigProvider>(provider => provider.GetRequiredService<StageRouter>().Configuration);
        return builder;
    }

    public static WebApplication MapGateway(this WebApplication app)
    {
        app.UsePage();
        app.UseCallers();
        app.MapGrpcService<VampGrpcService>();
        app.MapGrpcService<LiveGrpcService>();
        app.MapGrpcService<ModelGrpcService>();
        app.MapApiDocument();
        var routed = app.Services.GetRequiredService<RoutedCalls>();
        app.MapReverseProxy(proxy => proxy.Use(routed.ForwardAsync));
        app.Use(RoutedSpans.DescribeAsync);
        return app;
    }
}
