using System.Text.Json.Nodes;
using VampNet.Testing;

namespace VampNet.Cli.Tests;

/// <summary>What is installed: the tarball, the Debian package and the dotnet tool, each made anew and used.</summary>
[Trait("Category", "Host")]
public sealed class PackageTests : IDisposable
{
    // No .NET, and nothing of the checkout.
    private const string Bare = "env -i PATH=/usr/bin:/bin HOME=/tmp";

    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [ToolFact("dpkg-deb", "tar")]
    public async Task Every_package_is_all_that_a_vamp_needs()
    {
        await VampNetProcess.OutputAsync($"'{Repository.Root}/scripts/package.sh'");
        var packages = $"{Repository.Root}/artifacts/packages";
        var version = (await VampNetProcess.OutputAsync($"'{Repository.Root}/scripts/version.sh'")).Trim();
        await VampNetProcess.OutputAsync(
            $"cd '{_work.Path("")}'; tar xzf '{packages}/vampnet-{version}-linux-x64.tar.gz'; mv vampnet-{version} tar");
        await WorksAsync($"{Bare} '{_work.Path("tar/vampnet")}'");

        await VampNetProcess.OutputAsync($"dpkg-deb -x '{packages}/vampnet_{version}_amd64.deb' '{_work.Path("deb")}'");
        await WorksAsync($"{Bare} '{_work.Path("deb/opt/vampnet/vampnet")}'");
        Assert.Contains(
            "complete -F _vampnet vampnet", File.ReadAllText(_work.Path("deb/usr/share/bash-completion/completions/vampnet")),
            StringComparison.Ordinal);

        await VampNetProcess.OutputAsync(
            $"dotnet tool install vampnet --version {version} --tool-path '{_work.Path("tool")}' --source '{packages}'");
        await WorksAsync($"'{_work.Path("tool/vampnet")}'");
    }

    private async Task WorksAsync(string vampnet)
    {
        var music = _work.Music(seconds: 1);
        Assert.True((bool)JsonNode.Parse(await VampNetProcess.OutputAsync($"{vampnet} doctor --json"))!["healthy"]!);
        await VampNetProcess.OutputAsync($"{vampnet} vamp '{music}' -o '{_work.Path("out.wav")}' --steps 1 --force");
        Assert.Equal(44_100, Audio.Files.AudioFile.Read(_work.Path("out.wav")).Frames);
    }
}
