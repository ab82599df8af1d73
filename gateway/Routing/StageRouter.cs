using VampNet.Gateway.Stages;
using Yarp.ReverseProxy.Configuration;

namespace VampNet.Gateway.Routing;

/// <summary>Keeps the routes to the stages up to date with the replicas that serve.</summary>
internal sealed class StageRouter(StageClients stages)
{
    /// <summary>What the reverse proxy reads.</summary>
    public InMemoryConfigProvider Configuration { get; } = new(StageRoutes.Routes, StageRoutes.Clusters(stages));

    /// <summary>To be called after a replica came, went or changed its state. Calls that run are not disturbed.</summary>
    public void Update() => Configuration.Update(StageRoutes.Routes, StageRoutes.Clusters(stages));
}
