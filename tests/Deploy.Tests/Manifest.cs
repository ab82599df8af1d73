using YamlDotNet.RepresentationModel;

namespace Deploy.Tests;

/// <summary>A node of a rendered Kubernetes object, addressed by path.</summary>
internal sealed class Manifest(YamlNode node)
{
    public string Kind => Text("kind");

    public string Name => Text("metadata", "name");

    /// <returns>the node under the keys, or null where one of them is missing</returns>
    public Manifest? Find(params string[] keys)
    {
        var found = node;
        foreach (var key in keys)
        {
            if (found is not YamlMappingNode map || !map.Children.TryGetValue(new YamlScalarNode(key), out found))
                return null;
        }
        return new Manifest(found);
    }

    /// <exception cref="KeyNotFoundException">there is no such node; the message has its path</exception>
    public Manifest At(params string[] keys) =>
        Find(keys) ?? throw new KeyNotFoundException($"no {string.Join('.', keys)} in:\n{node}");

    public string Text(params string[] keys) => ((YamlScalarNode)At(keys).Node).Value ?? "";

    public int Number(params string[] keys) => int.Parse(Text(keys));

    public Manifest[] Items(params string[] keys) =>
        [.. ((YamlSequenceNode)At(keys).Node).Children.Select(child => new Manifest(child))];

    public Dictionary<string, string> Map(params string[] keys) =>
        ((YamlMappingNode)At(keys).Node).Children.ToDictionary(
            pair => ((YamlScalarNode)pair.Key).Value!, pair => ((YamlScalarNode)pair.Value).Value ?? "");

    private YamlNode Node => node;
}
