using System.Net;
using Grpc.Health.V1;
using Grpc.Reflection;
using Microsoft.AspNetCore.Http.Features;
using VampNet.Gateway.Replicas;
using VampNet.Gateway.Telemetry;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Live.V1;
using VampNet.Protos.Models.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Telemetry;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace VampNet.Gateway.Stages;

/// <summary>Makes each stage's own service reachable through the gateway's port: a gRPC path names the service.</summary>
internal static class StageRoutes
{
    public static IReadOnlyList<RouteConfig> Routes(StageClients stages) =>
        [.. stages.All.Select(entry => new RouteConfig
        {
            RouteId = entry.Stage.Name,
            ClusterId = entry.Stage.Name,
            Match = new RouteMatch { Path = $"/{entry.Stage.Service}/{{**method}}" },
        })];

    /// <summary>All replicas of each stage: <see cref="PendingStepsLoadBalancingPolicy"/> knows which of them serve.</summary>
    public static IReadOnlyList<ClusterConfig> Clusters(StageClients stages) => [.. stages.All.Select(Cluster)];

    private static ClusterConfig Cluster(StageEntry entry) => new()
    {
        ClusterId = entry.Stage.Name,
        Destinations = entry.Replicas.Replicas.Select(replica => replica.Address).ToDictionary(
            address => address.AbsoluteUri,
            address => new DestinationConfig
            {
                Address = address.GetLeftPart(UriPartial.Authority),
                Host = ReplicaAddress.NameOfReplica(address),
            }),
        HttpRequest = new ForwarderRequestConfig
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            // A stage may compute for long without a byte on the wire; the caller's deadline is what ends a call.
            ActivityTimeout = TimeSpan.FromHours(1),
        },
    };
}

/// <summary>Keeps the routes to the stages up to date with their replicas.</summary>
internal sealed class StageRouter
{
    public StageRouter(StageClients stages, StageWatcher watcher)
    {
        Configuration = new InMemoryConfigProvider(StageRoutes.Routes(stages), StageRoutes.Clusters(stages));
        // Calls that run are not disturbed.
        watcher.ReplicasChanged += () => Configuration.Update(StageRoutes.Routes(stages), StageRoutes.Clusters(stages));
    }

    /// <summary>What the reverse proxy reads.</summary>
    public InMemoryConfigProvider Configuration { get; }
}

/// <summary>Server reflection of the gateway: by itself it would find only what is mapped here, not what is routed to the stages.</summary>
internal static class RoutedReflection
{
    public static void AddRoutedReflection(this IServiceCollection services)
    {
        Google.Protobuf.Reflection.ServiceDescriptor[] all =
        [
            VampService.Descriptor, LiveService.Descriptor, ModelService.Descriptor, CodecService.Descriptor,
            CoarseGeneratorService.Descriptor, FineGeneratorService.Descriptor, BeatService.Descriptor,
            Health.Descriptor, Grpc.Reflection.V1.ServerReflection.Descriptor, Grpc.Reflection.V1Alpha.ServerReflection.Descriptor,
        ];
        services.AddSingleton(new ReflectionV1ServiceImpl(all));
        services.AddSingleton(new ReflectionServiceImpl(all));
    }
}

/// <summary>Names the server span of a call that the gateway only routes.</summary>
internal static class RoutedSpans
{
    public static Task DescribeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<RouteModel>() is { } route
            && context.Features.Get<IHttpActivityFeature>()?.Activity is { } span)
        {
            // Not the path: whoever calls may write anything there.
            span.DisplayName = $"route {route.Config.RouteId}";
            span.SetTag(StageName.Attribute, GatewayStageNames.Gateway);
        }
        return next(context);
    }
}
