using System.Net;
using VampNet.Client;
using VampNet.Gateway.Stages;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

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

    public static IReadOnlyList<ClusterConfig> Clusters(StageAddresses addresses) =>
    [
        Cluster(Codec, addresses.Codec),
        Cluster(Coarse, addresses.CoarseGenerator),
        Cluster(Fine, addresses.FineGenerator),
        Cluster(Beats, addresses.BeatTracker),
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

    private static ClusterConfig Cluster(string stage, string address) => new()
    {
        ClusterId = stage,
        Destinations = new Dictionary<string, DestinationConfig> { [stage] = new() { Address = address } },
        HttpRequest = new ForwarderRequestConfig
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            // A stage may compute for long without a byte on the wire; the caller's deadline is what ends a call.
            ActivityTimeout = TimeSpan.FromHours(1),
        },
    };
}
