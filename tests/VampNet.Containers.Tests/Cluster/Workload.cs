using DotNet.Testcontainers.Networks;
using k8s.Models;

namespace VampNet.Containers.Tests.Cluster;

/// <summary>The pods of a Deployment, and what its controller does with them.</summary>
internal sealed class Workload(V1Deployment deployment, Manifests manifests, INetwork network, string hosts) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Pod> _all = [];
    private readonly List<Task<long>> _ending = [];
    private List<Pod> _pods = [];

    public string Name => deployment.Metadata.Name;

    public V1PodTemplateSpec Template => deployment.Spec.Template;

    /// <summary>How many there are to be, as the manifest says.</summary>
    public int Replicas => deployment.Spec.Replicas!.Value;

    /// <summary>Those that are to go on.</summary>
    public IReadOnlyList<Pod> Pods => Volatile.Read(ref _pods);

    /// <summary>So many from now on; ends when new ones are ready. Those that are too many are asked to end.</summary>
    public async Task ScaleAsync(int replicas)
    {
        var more = Enumerable.Range(0, Math.Max(0, replicas - Pods.Count)).Select(_ => StartAsync());
        foreach (var pod in await Task.WhenAll(more))
            await pod.Ready;
        while (Pods.Count > replicas)
            End(Pods[^1]);
    }

    /// <summary>kubectl rollout restart: a new pod, and when it is ready for long enough an old one ends, until none is left.</summary>
    public async Task RollAsync()
    {
        var update = deployment.Spec.Strategy.RollingUpdate;
        Assert.Equal(("1", "0"), (update.MaxSurge.Value, update.MaxUnavailable.Value));
        foreach (var old in Pods)
        {
            await (await StartAsync()).Ready;
            await Task.Delay(TimeSpan.FromSeconds(deployment.Spec.MinReadySeconds!.Value));
            End(old);
        }
    }

    /// <summary>kubectl delete pod: the pod is asked to end, and another one is started in its place. Ends when that is ready.</summary>
    public async Task DeleteAsync(Pod pod)
    {
        End(pod);
        await (await StartAsync()).Ready;
    }

    /// <summary>A pod that crashes or loses its node, and another one in its place. Ends when that is ready.</summary>
    public async Task ReplaceAsync(Pod pod)
    {
        Remove(pod);
        await pod.KillAsync();
        await (await StartAsync()).Ready;
    }

    /// <summary>Exit codes of those that were asked to end, when all have.</summary>
    public async Task<IReadOnlyList<long>> EndedAsync() => await Task.WhenAll(_ending);

    public async ValueTask DisposeAsync()
    {
        foreach (var pod in _all)
            await pod.DisposeAsync();
    }

    private async Task<Pod> StartAsync()
    {
        var pod = await Pod.StartAsync(Template, manifests, network, hosts);
        lock (_lock)
        {
            _all.Add(pod);
            _pods = [.. _pods, pod];
        }
        return pod;
    }

    private void End(Pod pod)
    {
        Remove(pod);
        _ending.Add(pod.TerminateAsync());
    }

    private void Remove(Pod pod)
    {
        lock (_lock)
            _pods = [.. _pods.Where(other => other != pod)];
    }
}
