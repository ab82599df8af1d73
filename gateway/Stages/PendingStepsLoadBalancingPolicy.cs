using VampNet.Gateway.Replicas;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace VampNet.Gateway.Stages;

/// <summary>
/// Routed calls go to the replica with fewer pending steps of two drawn at random, and count in its load while they run: the same choice
/// over the same state as that of the pipeline's own calls (<see cref="ReplicaSet"/>).
/// </summary>
internal sealed class PendingStepsLoadBalancingPolicy(StageClients stages) : ILoadBalancingPolicy
{
    public const string PolicyName = "PendingSteps";

    private static readonly HashSet<Replica> s_none = [];

    public string Name => PolicyName;

    public DestinationState? PickDestination(
        HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> availableDestinations)
    {
        var work = stages.All.First(entry => entry.Stage.Name == cluster.ClusterId).Replicas.Take(s_none, steps: 1);
        var chosen = availableDestinations.FirstOrDefault(destination => destination.DestinationId == work?.Replica.Address.AbsoluteUri);
        if (chosen is not null)
            context.Response.RegisterForDispose(work!);
        else
            work?.Dispose();
        // Where none may be asked, or the one that was chosen has just come, any will do: its error says why.
        return chosen ?? (availableDestinations.Count > 0 ? availableDestinations[0] : null);
    }
}
