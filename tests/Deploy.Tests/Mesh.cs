using System.Collections.Concurrent;
using k8s;
using k8s.Models;

namespace Deploy.Tests;

/// <summary>The objects of one kustomization, read as strictly as an API server does: a field that does not exist is an error.</summary>
internal sealed class Mesh
{
    private static readonly ConcurrentDictionary<string, Lazy<Mesh>> Read = new();

    private Mesh(string yaml) =>
        Objects = [.. KubernetesYaml.LoadAllFromString(yaml, CustomResource.Types, strict: true).Cast<IKubernetesObject<V1ObjectMeta>>()];

    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Objects { get; }

    /// <param name="kustomization">folder relative to the repository, such as k8s/base</param>
    public static Mesh Of(string kustomization) =>
        Read.GetOrAdd(kustomization, folder => new Lazy<Mesh>(() => Parse(Tool.Kustomize(folder)))).Value;

    /// <exception cref="YamlDotNet.Core.YamlException">a kind or one of its fields does not exist</exception>
    public static Mesh Parse(string yaml) => new(yaml);

    public IEnumerable<T> All<T>() => Objects.OfType<T>();

    public T Object<T>(string name)
        where T : IKubernetesObject<V1ObjectMeta> =>
        All<T>().Single(o => o.Metadata.Name == name);

    public V1PodTemplateSpec Pod(string program) => Object<V1Deployment>(program).Spec.Template;

    public V1Container Container(string program) => Pod(program).Spec.Containers.Single();

    /// <summary>What the container of a program finds in its environment; a variable that is set twice is an error.</summary>
    public Dictionary<string, string> Environment(string program)
    {
        var container = Container(program);
        var result = new Dictionary<string, string>();
        foreach (var source in container.EnvFrom ?? [])
        {
            foreach (var (key, value) in Object<V1ConfigMap>(source.ConfigMapRef.Name).Data)
                result.Add(key, value);
        }
        foreach (var variable in container.Env ?? [])
            result.Add(variable.Name, variable.Value);
        return result;
    }

    /// <summary>The objects of a kind that select the pods of a program.</summary>
    public IEnumerable<T> Selecting<T>(string program, Func<T, IDictionary<string, string>?> selector) =>
        All<T>().Where(o => Selects(selector(o), Pod(program)));

    public static bool Selects(IDictionary<string, string>? wanted, V1PodTemplateSpec pod) =>
        wanted?.All(label => pod.Metadata.Labels.TryGetValue(label.Key, out var value) && value == label.Value) ?? true;
}
