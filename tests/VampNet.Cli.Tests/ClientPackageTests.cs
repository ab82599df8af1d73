using System.Diagnostics;
using System.Globalization;
using VampNet.Audio.Files;
using VampNet.ClientExamples;
using VampNet.Testing;

namespace VampNet.Cli.Tests;

/// <summary>The clients in other languages, packed and then used as their READMEs say, by their examples.</summary>
[Collection(CliTests.Name)]
public sealed class ClientPackageTests(MeshFixture mesh) : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task The_example_of_the_NuGet_package_vamps_a_file_and_is_what_its_README_says()
    {
        Assert.Equal(7ul, await VampFile.RunAsync(new Uri(mesh.Gateway), _work.Music(seconds: 1), _work.Path("out.wav")));
        Assert.Equal(44_100, AudioFile.Read(_work.Path("out.wav")).Frames);
        var code = File.ReadLines($"{Repository.Root}/clients/examples/VampFile.cs").Select(line => line.Trim()).ToHashSet();
        var readme = File.ReadAllText($"{Repository.Root}/clients/VampNet.Client/README.md").Split("```")[1].Split('\n').Skip(1);
        Assert.All(readme, line => Assert.Contains(line.Trim(), code));
    }

    [ToolFact("protoc", "grpc_python_plugin", "/usr/bin/python3")]
    public async Task The_Python_package_vamps_a_file()
    {
        Check(await ExampleAsync(await PythonPackage.ExampleAsync("vamp_file.py", new Uri(mesh.Gateway))));
    }

    [ToolFact("protoc", "grpc_python_plugin", "/usr/bin/python3")]
    public async Task The_Python_package_plays_along_with_a_file()
    {
        var output = await ExampleAsync(await PythonPackage.ExampleAsync("live_file.py", new Uri(mesh.Gateway)));
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("refused INVALID_ARGUMENT config.prompt.preset", lines[0]);
        // Where the machine is too busy for a variation there is a round all the same.
        Assert.All(lines[1..].Index(), line => Assert.Matches($"^round {line.Index + 1} (variation|repeat|loop) seed [0-9]+$", line.Item));
        Assert.Equal(3, lines.Length - 1);
        var audio = AudioFile.Read(_work.Path("out.wav"));
        Assert.Equal((44_100, 2, 3 * 44_100), (audio.SampleRate, audio.Channels, audio.Frames));
    }

    [ToolFact("npm", "node")]
    public async Task The_npm_package_vamps_a_file()
    {
        await VampNetProcess.OutputAsync($"'{Repository.Root}/scripts/client-packages.sh' js");
        Check(await ExampleAsync($"node '{Repository.Root}/artifacts/clients/js/examples/vamp-file.js' {mesh.Gateway}"));
    }

    private Task<string> ExampleAsync(string command) =>
        VampNetProcess.OutputAsync($"{command} '{_work.Music(seconds: 1)}' '{_work.Path("out.wav")}'");

    private void Check(string output)
    {
        Assert.Equal(44_100, AudioFile.Read(_work.Path("out.wav")).Frames);
        Assert.Equal(["in.wav", "out.wav"], _work.Files());
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches("^models .*default.*twin", lines[0]);
        Assert.Contains("seed 7", lines[1], StringComparison.Ordinal);
        var received = lines.Single(line => line.StartsWith("received ", StringComparison.Ordinal));
        Assert.InRange(int.Parse(received["received ".Length..], CultureInfo.InvariantCulture), 88_200, 400_000);
        var refused = lines.Single(line => line.StartsWith("refused ", StringComparison.Ordinal));
        Assert.Matches(@"prompt\.preset|medium-varation", refused);
    }
}

/// <summary>A test that needs programs; skipped, visibly, where one is missing.</summary>
internal class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(params string[] programs)
    {
        foreach (var program in programs.Where(program => !Works($"command -v {program}")))
            Skip = $"{program} is missing";
    }

    /// <summary>Whether a line of shell does what it should.</summary>
    protected static bool Works(string line)
    {
        using var process = Process.Start("sh", ["-c", $"({line}) >/dev/null 2>&1"]);
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
