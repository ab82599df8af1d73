using System.Net;
using VampNet.Gateway.Replicas;
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

    /// <summary>A stage's replicas that serve; where none does, all of them, so that the error says why.</summary>
    public static IReadOnlyList<ClusterConfig> Clusters(StageClients stages) => [.. stages.All.Select(Cluster)];

    private static ClusterConfig Cluster(StageEntry entry) => new()
    {
        ClusterId = entry.Stage.Name,
        LoadBalancingPolicy = PendingStepsLoadBalancingPolicy.PolicyName,
        Destinations = Reachable(entry.Replicas.Replicas)
            .ToDictionary(
            replica => replica.Address.AbsoluteUri, replica => new DestinationConfig { Address = replica.Address.AbsoluteUri }),
        HttpRequest = new ForwarderRequestConfig
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            // A stage may compute for long without a byte on the wire; the caller's deadline is what ends a call.
            ActivityTimeout = TimeSpan.FromHours(1),
        },
    };

    private static IEnumerable<Replica> Reachable(IReadOnlyList<Replica> replicas) =>
        replicas.Any(replica => replica.State == ReplicaState.Serving)
            ? replicas.Where(replica => replica.State == ReplicaState.Serving)
            : replicas;
}

/// <summary>Keeps the routes to the stages up to date with the replicas that serve.</summary>
internal sealed class StageRouter
{
    public StageRouter(StageClients stages, StageWatcher watcher)
    {
        Configuration = new InMemoryConfigProvider(StageRoutes.Routes(stages), StageRoutes.Clusters(stages));
        // Calls that run are not disturbed.
        watcher.Changed += () => Configuration.Update(StageRoutes.Routes(stages), StageRoutes.Clusters(stages));
    }

    /// <summary>What the reverse proxy reads.</summary>
    public InMemoryConfigProvider Configuration { get; }
}
