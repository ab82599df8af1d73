namespace Deploy.Tests;

/// <summary>The rendered objects of one kustomization, by program.</summary>
internal sealed class Mesh(string kustomization)
{
    public Manifest[] Objects { get; } = Kubectl.Render(kustomization);

    public IEnumerable<string> Names(string kind) => Objects.Where(o => o.Kind == kind).Select(o => o.Name).Order(StringComparer.Ordinal);

    public Manifest Object(string kind, string name) => Objects.Single(o => o.Kind == kind && o.Name == name);

    public Manifest Pod(string program) => Object("Deployment", program).At("spec", "template");

    public Manifest Container(string program) => Pod(program).Items("spec", "containers").Single();

    /// <summary>What the container of a program finds in its environment.</summary>
    public Dictionary<string, string> Environment(string program)
    {
        var container = Container(program);
        var result = new Dictionary<string, string>();
        foreach (var source in container.Find("envFrom")?.Items() ?? [])
        {
            foreach (var (key, value) in Object("ConfigMap", source.Text("configMapRef", "name")).Map("data"))
                result[key] = value;
        }
        foreach (var variable in container.Find("env")?.Items() ?? [])
            result[variable.Text("name")] = variable.Text("value");
        return result;
    }
}
