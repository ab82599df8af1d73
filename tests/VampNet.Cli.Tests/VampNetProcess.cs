using System.Diagnostics;

namespace VampNet.Cli.Tests;

/// <summary>How a run of the command ended.</summary>
internal sealed record Ended(int ExitCode, string Output, string Error)
{
    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>The built command, run as its own process.</summary>
internal static class VampNetProcess
{
    private static readonly string s_program = Path.Combine(AppContext.BaseDirectory, "vampnet.dll");

    public static Task<Ended> RunAsync(params string[] arguments) => EndAsync(Start(arguments));

    /// <summary>Runs a line of shell, in which <c>vampnet</c> is the command.</summary>
    public static Task<Ended> ShellAsync(string line) =>
        EndAsync(Start("bash", ["-c", $"set -e; vampnet() {{ dotnet '{s_program}' \"$@\"; }}; export -f vampnet; {line}"]));

    /// <summary>What a line of shell prints that must not fail.</summary>
    public static async Task<string> OutputAsync(string line)
    {
        var ended = await ShellAsync(line);
        Assert.True(ended.ExitCode == 0, ended.Error + ended.Output);
        return ended.Output;
    }

    /// <summary>Runs the command in an environment.</summary>
    public static Task<Ended> RunAsync(IEnumerable<string> environment, params string[] arguments) =>
        EndAsync(Start("env", [.. environment, "dotnet", s_program, .. arguments]));

    /// <summary>It heeds signals, although whoever runs the tests in the background may have them ignored.</summary>
    public static Process Start(params string[] arguments) => Start("env", ["--default-signal=INT", "dotnet", s_program, .. arguments]);

    /// <param name="signal">its name, such as TERM</param>
    public static async Task SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await kill.WaitForExitAsync();
    }

    private static async Task<Ended> EndAsync(Process started)
    {
        using var process = started;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new Ended(process.ExitCode, await output, await error);
    }

    private static Process Start(string program, IEnumerable<string> arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, // not the terminal of whoever runs the tests
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        })!;
}
