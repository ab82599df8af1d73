using System.Diagnostics;
using System.Text.Json;

namespace VampNet.Mesh.Tests.Foreign;

/// <summary>A program in another language that prints what it saw.</summary>
internal static class ForeignClient
{
    /// <param name="script">in this folder</param>
    public static async Task<JsonElement> RunAsync(string script, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(
                ForeignClientFactAttribute.Python, [Path.Combine(AppContext.BaseDirectory, "Foreign", script), .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return JsonDocument.Parse(await output).RootElement;
    }
}
