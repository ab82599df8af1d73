using System.Diagnostics;
using VampNet.Testing;

namespace VampNet.Simulation.Tests;

/// <summary>The simulation as a program of its own: it needs a thread pool of one thread, which the tests' process has not.</summary>
internal static class SimulationProcess
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(5);

    private static string Program => Path.Combine(
        Repository.Root, "artifacts", "bin", "VampNet.Simulation", new DirectoryInfo(AppContext.BaseDirectory).Name, "VampNet.Simulation");

    /// <returns>its lines</returns>
    public static async Task<string[]> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(Program, arguments) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true })!;
        using var end = new CancellationTokenSource(s_longest);
        using var kill = end.Token.Register(process.Kill);
        var output = await process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        Assert.Equal(0, process.ExitCode);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
