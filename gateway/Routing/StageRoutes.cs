using System.Net;
using VampNet.Client;
using VampNet.Gateway.Stages;
using VampNet.Gateway.Replicas;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.LoadBalancing;

namespace VampNet.Gateway.Routing;

/// <summary>
/// Makes each stage's own service reachable through the gateway's port. A gRPC path names the service; the two
/// generators share one, so the header x-vampnet-stage chooses between them.
/// </summary>
internal static class StageRoutes
{
    private const string Codec = "codec";
    private const string Coarse = "coarse";
    private const string Fine = "fine";
    private const string Beats = "beats";

    public static IReadOnlyList<RouteConfig> Routes { get; } =
    [
        Route(Codec, CodecService.Descriptor.FullName),
        Route(Coarse, GeneratorService.Descriptor.FullName, Coarse),
        Route(Fine, GeneratorService.Descriptor.FullName, Fine),
        Route(Beats, BeatService.Descriptor.FullName),
    ];

    /// <summary>A stage's replicas that serve; where none does, all of them, so that the error says why.</summary>
    public static IReadOnlyList<ClusterConfig> Clusters(StageClients stages) =>
    [
        Cluster(Codec, stages.Codec),
        Cluster(Coarse, stages.Coarse),
        Cluster(Fine, stages.Fine),
        Cluster(Beats, stages.Beats),
    ];

    private static RouteConfig Route(string stage, string service, string? header = null) => new()
    {
        RouteId = stage,
        ClusterId = stage,
        // Before the fallback that answers calls without the header.
        Order = -1,
        Match = new RouteMatch
        {
            Path = $"/{service}/{{**method}}",
            Headers = header is null ? null : [new RouteHeader { Name = VampNetClient.StageHeader, Values = [header], Mode = HeaderMatchMode.ExactHeader }],
        },
    };

    private static ClusterConfig Cluster(string stage, ReplicaSet replicas) => new()
    {
        ClusterId = stage,
        LoadBalancingPolicy = LoadBalancingPolicies.PowerOfTwoChoices,
        Destinations = Reachable(replicas.Replicas).ToDictionary(replica => replica.Address.AbsoluteUri, replica => new DestinationConfig { Address = replica.Address.AbsoluteUri }),
        HttpRequest = new ForwarderRequestConfig
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            // A stage may compute for long without a byte on the wire; the caller's deadline is what ends a call.
            ActivityTimeout = TimeSpan.FromHours(1),
        },
    };

    private static IEnumerable<Replica> Reachable(IReadOnlyList<Replica> replicas) =>
        replicas.Any(replica => replica.State == ReplicaState.Serving) ? replicas.Where(replica => replica.State == ReplicaState.Serving) : replicas;
}
