using System.Collections.Concurrent;
using System.Diagnostics;
using VampNet.Testing;
using Xunit;

namespace Deploy.Tests;

/// <summary>Renders kustomizations of this checkout with the kubectl that scripts/tools.sh gets.</summary>
internal static class Kubectl
{
    private static readonly string Program = Path.Combine(Repository.Root, "artifacts", "tools", "kubectl");

    private static readonly ConcurrentDictionary<string, Lazy<string>> Rendered = new();

    public static bool IsInstalled { get; } = File.Exists(Program);

    /// <param name="kustomization">folder relative to the repository, such as k8s/base</param>
    /// <returns>YAML of every object that it makes</returns>
    public static string Render(string kustomization) =>
        Rendered.GetOrAdd(
            kustomization, folder => new Lazy<string>(() => Run(Program, "kustomize", Path.Combine(Repository.Root, folder)))).Value;

    /// <returns>what the program wrote; where it failed or warned, the test fails with what it said</returns>
    public static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(
            process.ExitCode == 0 && errors.Result.Length == 0,
            $"{Path.GetFileName(program)} {string.Join(' ', arguments)}: {errors.Result}{(process.ExitCode == 0 ? "" : output)}");
        return output;
    }
}

/// <summary>A fact that needs kubectl (`make test` gets it) and is skipped, visibly, where there is none.</summary>
internal sealed class KubectlFactAttribute : FactAttribute
{
    public KubectlFactAttribute() => Skip = Kubectl.IsInstalled ? null : "scripts/tools.sh was not run";
}

/// <inheritdoc cref="KubectlFactAttribute"/>
internal sealed class KubectlTheoryAttribute : TheoryAttribute
{
    public KubectlTheoryAttribute() => Skip = Kubectl.IsInstalled ? null : "scripts/tools.sh was not run";
}
