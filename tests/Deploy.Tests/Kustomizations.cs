using System.Text;
using VampNet.Core;
using VampNet.Testing;
using Xunit;

namespace Deploy.Tests;

/// <summary>What is deployed: folders of k8s/, and combinations of components that a cluster would choose.</summary>
internal static class Kustomizations
{
    private static readonly string[] Folders =
    [
        "k8s/base", "k8s/overlays/cpu", "k8s/overlays/gpu", "k8s/overlays/secure",
        With("cpu", "hpa"), With("gpu", "hpa"), With("cpu", "keda"), With("gpu", "keda"),
        With("cpu", "gateway-api"), With("cpu", "ingress"), With("cpu", "monitoring"), With("gpu", "hpa", "gateway-api", "monitoring"),
        With("secure", "gateway-api"), With("secure", "ingress"),
        With("gpu", "secure"), With("secure", "hpa", "monitoring", "model-volume/pvc"), Documented(),
        With("cpu", "model-volume/pvc"), With("cpu", "model-volume/oci"), With("cpu", "model-volume/http"), With("gpu", "model-volume/pvc"),
    ];

    /// <summary>Folders relative to the repository.</summary>
    public static TheoryData<string> All => [.. Folders];

    /// <summary>Every folder with every program of the mesh.</summary>
    public static TheoryData<string, string> Programs => ProgramsIn(Folders);

    /// <summary>These folders with every program of the mesh.</summary>
    public static TheoryData<string, string> ProgramsIn(params string[] folders)
    {
        var data = new TheoryData<string, string>();
        foreach (var folder in folders)
        {
            foreach (var program in Program.All)
                data.Add(folder, program.Name);
        }
        return data;
    }

    /// <summary>A kustomization of an overlay with components on top, as a user would write it.</summary>
    /// <returns>its folder</returns>
    public static string With(string overlay, params string[] components)
    {
        var folder = Path.Combine("artifacts", "kustomizations", string.Join('+', [overlay, .. components]).Replace('/', '-'));
        var models = !components.Any(component => component.StartsWith("model-volume", StringComparison.Ordinal)) ? "" :
            """
            configMapGenerator:
              - name: model-packages
                literals: ["packages=it-1.0 00"]
              - name: stage
                behavior: merge
                literals: [Models__default=/models/it-1.0]
            """;
        return Write(
            folder,
            $"""
            apiVersion: kustomize.config.k8s.io/v1beta1
            kind: Kustomization
            namespace: vampnet
            resources: [../../../k8s/overlays/{overlay}]
            components: [{string.Join(", ", components.Select(component => $"../../../k8s/components/{component}"))}]
            {models}
            """);
    }

    /// <summary>The one that docs/kubernetes.md shows, beside this checkout's k8s.</summary>
    /// <returns>its folder</returns>
    public static string Documented()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "kubernetes.md"));
        var yaml = document.Split("```yaml\n")[1].Split("```")[0];
        var folder = Write(
            Path.Combine("artifacts", "kustomizations", "documented"),
            yaml.Replace("../vampnet/k8s", "../../../k8s", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(Repository.Root, folder, "packages"), "vampnet-1.0 00\n");
        return folder;
    }

    private static string Write(string folder, string kustomization)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(Repository.Root, folder)).FullName, "kustomization.yaml");
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(kustomization)); // other tests may read it at this moment
        return folder;
    }
}
