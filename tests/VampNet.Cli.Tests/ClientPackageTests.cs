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
        await ShellAsync($"'{Repository.Root}/scripts/client-packages.sh' python");
        // As a wheel where pip can make and install one without a network, else from its folder.
        var folder = $"{Repository.Root}/artifacts/clients/python";
        var wheel = Directory.GetFiles($"{Repository.Root}/artifacts/packages", "vampnet-*-py3-none-any.whl").Order().LastOrDefault();
        if (wheel is not null)
        {
            folder = _work.Path("site");
            await ShellAsync($"/usr/bin/python3 -m pip install --quiet --no-index --no-deps --target '{folder}' '{wheel}'");
        }
        var example = $"{Repository.Root}/clients/python/examples/vamp_file.py";
        Check(await ExampleAsync($"PYTHONPATH='{folder}' /usr/bin/python3 '{example}' {new Uri(mesh.Gateway).Authority}"));
    }

    [ToolFact("npm", "node")]
    public async Task The_npm_package_vamps_a_file()
    {
        await ShellAsync($"'{Repository.Root}/scripts/client-packages.sh' js");
        Check(await ExampleAsync($"node '{Repository.Root}/artifacts/clients/js/examples/vamp-file.js' {mesh.Gateway}"));
    }

    private Task<string> ExampleAsync(string command) =>
        ShellAsync($"{command} '{_work.Music(seconds: 1)}' '{_work.Path("out.wav")}'");

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

    private static async Task<string> ShellAsync(string line)
    {
        var ended = await VampNetProcess.ShellAsync(line);
        Assert.True(ended.ExitCode == 0, ended.Error);
        return ended.Output;
    }
}

/// <summary>A test that needs programs; skipped, visibly, where one is missing.</summary>
internal sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(params string[] programs)
    {
        foreach (var program in programs)
        {
            using var found = Process.Start("sh", ["-c", $"command -v {program} >/dev/null"]);
            found.WaitForExit();
            if (found.ExitCode != 0)
                Skip = $"{program} is missing";
        }
    }
}
