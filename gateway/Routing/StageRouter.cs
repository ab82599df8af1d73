using VampNet.Gateway.Stages;
using Yarp.ReverseProxy.Configuration;

namespace VampNet.Gateway.Routing;

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
