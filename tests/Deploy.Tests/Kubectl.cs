using System.Diagnostics;
using VampNet.Testing;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace Deploy.Tests;

/// <summary>Renders a kustomization of this checkout with whichever kubectl is on the PATH.</summary>
internal static class Kubectl
{
    public static bool IsInstalled { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "kubectl")));

    /// <param name="kustomization">folder relative to the repository, such as k8s/base</param>
    /// <returns>every object that it renders</returns>
    public static Manifest[] Render(string kustomization)
    {
        var start = new ProcessStartInfo("kubectl", ["kustomize", Path.Combine(Repository.Root, kustomization)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var yaml = new YamlStream();
        yaml.Load(process.StandardOutput);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"kubectl kustomize {kustomization}: {errors.Result}");
        return [.. yaml.Documents.Select(document => new Manifest(document.RootNode))];
    }
}

/// <summary>A fact that needs kubectl (`make test` installs it) and is skipped, visibly, where there is none.</summary>
internal sealed class KubectlFactAttribute : FactAttribute
{
    public KubectlFactAttribute() => Skip = Kubectl.IsInstalled ? null : "kubectl is not installed";
}

/// <inheritdoc cref="KubectlFactAttribute"/>
internal sealed class KubectlTheoryAttribute : TheoryAttribute
{
    public KubectlTheoryAttribute() => Skip = Kubectl.IsInstalled ? null : "kubectl is not installed";
}
