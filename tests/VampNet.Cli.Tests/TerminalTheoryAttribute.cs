using System.Diagnostics;

namespace VampNet.Cli.Tests;

/// <summary>A test that types at a terminal of its own; some containers give none.</summary>
internal sealed class TerminalTheoryAttribute : TheoryAttribute
{
    /// <summary>Runs the command after it at a terminal, in bash: functions of bash are exported to it.</summary>
    public const string Script = "SHELL=/bin/bash script -qec";

    public TerminalTheoryAttribute() => Skip = GivesTerminals() ? null : "script(1) gets no pseudo-terminal here";

    private static bool GivesTerminals()
    {
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", $"{Script} true /dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Close();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
