using VampNet.Gateway.Replicas;
using Yarp.ReverseProxy.Model;

namespace VampNet.Gateway.Stages;

/// <summary>
/// Routed calls go to the replica with fewer pending steps of two drawn at random, and count in its load while they run: the same choice
/// over the same state as that of the pipeline's own calls (<see cref="ReplicaSet"/>).
/// </summary>
/// <remarks>Not plugged into the proxy, which asks no policy where there is a single replica, whose calls count as well.</remarks>
internal sealed class PendingStepsLoadBalancingPolicy(StageClients stages)
{
    private static readonly HashSet<Replica> s_none = [];

    /// <summary>Until a replica takes calls, for a bounded time.</summary>
    public Task WaitAsync(ClusterState cluster, CancellationToken cancellationToken) => Of(cluster).WaitAsync(cancellationToken);

    public DestinationState? PickDestination(
        HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> availableDestinations)
    {
        var work = Of(cluster).Take(s_none, steps: 1);
        var chosen = availableDestinations.FirstOrDefault(destination => destination.DestinationId == work?.Replica.Address.AbsoluteUri);
        if (chosen is not null)
        {
            context.Response.RegisterForDispose(work!);
            context.Features.Get<RoutedCall>()?.EndsWith(work!);
        }
        else
            work?.Dispose();
        // Where none may be asked, or the one that was chosen has just come, any will do: its error says why.
        return chosen ?? (availableDestinations.Count > 0 ? availableDestinations[0] : null);
    }

    private ReplicaSet Of(ClusterState cluster) => stages.All.First(entry => entry.Stage.Name == cluster.ClusterId).Replicas;
}
