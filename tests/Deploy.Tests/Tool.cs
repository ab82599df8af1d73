using System.Collections.Concurrent;
using System.Diagnostics;
using VampNet.Testing;
using Xunit;

namespace Deploy.Tests;

/// <summary>The programs that scripts/tools.sh gets, and others that tests run.</summary>
internal static class Tool
{
    private static readonly ConcurrentDictionary<string, Lazy<string>> Rendered = new();

    public static bool AreInstalled { get; } = File.Exists(PathOf("kubectl")) && File.Exists(PathOf("promtool"));

    /// <param name="kustomization">folder relative to the repository, such as k8s/base</param>
    /// <returns>YAML of every object that it makes</returns>
    public static string Kustomize(string kustomization) =>
        Rendered.GetOrAdd(
            kustomization,
            folder => new Lazy<string>(() => Run(PathOf("kubectl"), "kustomize", Path.Combine(Repository.Root, folder)))).Value;

    /// <param name="arguments">of Prometheus' own tool</param>
    public static void PromTool(params string[] arguments) => Run(PathOf("promtool"), arguments);

    /// <returns>what the program wrote; where it failed or warned, the test fails with what it said</returns>
    public static string Run(string program, params string[] arguments)
    {
        var (code, output, errors) = Try(program, arguments);
        Assert.True(code == 0 && errors.Length == 0, $"{Path.GetFileName(program)} {string.Join(' ', arguments)}: {errors}{output}");
        return output;
    }

    /// <returns>exit code and what the program wrote</returns>
    public static (int Code, string Output, string Errors) Try(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    private static string PathOf(string tool) => Path.Combine(Repository.Root, "artifacts", "tools", tool);
}

/// <summary>A fact that needs kubectl (`make test` gets it) and is skipped, visibly, where there is none.</summary>
internal sealed class KubectlFactAttribute : FactAttribute
{
    public KubectlFactAttribute() => Skip = Tool.AreInstalled ? null : "scripts/tools.sh was not run";
}

/// <inheritdoc cref="KubectlFactAttribute"/>
internal sealed class KubectlTheoryAttribute : TheoryAttribute
{
    public KubectlTheoryAttribute() => Skip = Tool.AreInstalled ? null : "scripts/tools.sh was not run";
}
