namespace VampNet.Mesh.Tests.Support;

/// <summary>A test that mounts file systems or makes networks of its own; skipped, visibly, where the tests do not run as root.</summary>
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = Environment.IsPrivilegedProcess ? null : "needs root";
}

/// <summary>Programs that only root may run.</summary>
internal static class RootCommands
{
    /// <exception cref="InvalidOperationException">it failed; says what it said</exception>
    public static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error}");
    }
}
