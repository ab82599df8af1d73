using System.Diagnostics;
using VampNet.Audio.Files;
using VampNet.Mesh.Tests.Support;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Http;

/// <summary>Every line of docs/http.md that is to be typed, run by the real curl.</summary>
[Collection(MeshTests.Name)]
public sealed class CurlTests(Support.Mesh mesh)
{
    private const string Address = "http://localhost:5180";

    private const int Seconds = 4;

    private static readonly string[] s_audio = [".wav", ".flac", ".ogg"];

    [Fact]
    public async Task The_commands_of_the_document_do_what_it_says()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("assets"));
        await File.WriteAllBytesAsync(folder.File("assets/through-space.loop.ogg"), Sounds.Chord(Seconds)); // shorter than the real one
        var commands = Commands(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "http.md"))).ToList();
        Assert.True(commands.Count > 10);
        foreach (var command in commands)
        {
            Assert.Contains(Address, command, StringComparison.Ordinal);
            var here = command.Replace(Address, mesh.Host.Http!.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);
            var (code, output) = await RunAsync(
                here.Replace("curl -sS", "curl -sS --fail-with-body", StringComparison.Ordinal), folder.Path);
            Assert.True(code == 0, $"{command}\n{output}");
            if (command.Split(" -o ") is not [_, var rest])
                Assert.False(string.IsNullOrWhiteSpace(output), command);
            else if (rest.Split(' ')[0] is var file && s_audio.Contains(Path.GetExtension(file)))
                Assert.True(AudioFile.Read(folder.File(file)).Frames >= 44_100 * Seconds, command);
            else
                Assert.True(new FileInfo(folder.File(file)).Length > 100, command);
        }
    }

    /// <summary>Lines of indented blocks that begin with curl, with those that go on from them.</summary>
    private static IEnumerable<string> Commands(string document)
    {
        var command = "";
        foreach (var line in document.Split('\n').Where(line => line.StartsWith("    ", StringComparison.Ordinal)))
        {
            command += line.Trim();
            if (command.EndsWith('\\'))
            {
                command = command[..^1];
                continue;
            }
            if (command.StartsWith("curl ", StringComparison.Ordinal))
                yield return command;
            command = "";
        }
    }

    private static async Task<(int Code, string Output)> RunAsync(string command, string folder)
    {
        using var process = Process.Start(new ProcessStartInfo("bash", ["-o", "pipefail", "-c", command])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }
}
