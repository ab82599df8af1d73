using System.Diagnostics;
using k8s;
using k8s.Models;
using VampNet.Testing;

namespace VampNet.Containers.Tests.Cluster;

/// <summary>What kubectl makes of a folder of k8s/: the objects from which containers are started.</summary>
internal sealed class Manifests
{
    private Manifests(IReadOnlyList<object> objects)
    {
        Deployments = [.. objects.OfType<V1Deployment>()];
        Services = [.. objects.OfType<V1Service>()];
        Configuration = objects.OfType<V1ConfigMap>().ToDictionary(map => map.Metadata.Name, map => map.Data);
    }

    public IReadOnlyList<V1Deployment> Deployments { get; }

    public IReadOnlyList<V1Service> Services { get; }

    /// <summary>Of each config map, its keys and values.</summary>
    public IReadOnlyDictionary<string, IDictionary<string, string>> Configuration { get; }

    /// <param name="folder">relative to the repository, such as k8s/overlays/cpu</param>
    public static Manifests Render(string folder)
    {
        var kubectl = Path.Combine(Repository.Root, "artifacts", "tools", "kubectl");
        var start = new ProcessStartInfo(kubectl, ["kustomize", Path.Combine(Repository.Root, folder)]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var yaml = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return new Manifests(KubernetesYaml.LoadAllFromString(yaml));
    }
}
