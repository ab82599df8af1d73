using System.Net;
using VampNet.Gateway.Stages;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace VampNet.Gateway.Routing;

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
        LoadBalancingPolicy = PendingStepsLoadBalancingPolicy.PolicyName,
        Destinations = entry.Replicas.Replicas.Select(replica => replica.Address.AbsoluteUri)
            .ToDictionary(address => address, address => new DestinationConfig { Address = address }),
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
