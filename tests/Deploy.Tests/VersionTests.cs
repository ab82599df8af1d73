using System.Text.RegularExpressions;
using VampNet.Testing;
using Xunit;

namespace Deploy.Tests;

/// <summary>One number is the version of everything.</summary>
public partial class VersionTests
{
    private static readonly string Version = Prefix().Match(Read("Directory.Build.props")).Groups["version"].Value;

    [Fact]
    public void The_manifests_ask_for_images_of_this_version()
    {
        Assert.Matches(@"^\d+\.\d+\.\d+$", Version);
        Assert.Contains($"newTag: &version {Version}\n", Read("k8s/base/kustomization.yaml"), StringComparison.Ordinal);
        Assert.Contains($"newTag: &version {Version}-cuda\n", Read("k8s/overlays/gpu/kustomization.yaml"), StringComparison.Ordinal);
    }

    [Fact]
    public void Scripts_read_it()
    {
        var (code, output, errors) = Tool.Try(Path.Combine(Repository.Root, "scripts", "version.sh"));
        Assert.Equal((0, Version, ""), (code, output.Trim(), errors));
    }

    /// <summary>A tag may be moved, a hash may not.</summary>
    [Theory]
    [InlineData("ci.yml")]
    [InlineData("release.yml")]
    public void Actions_are_named_by_the_hash_of_a_commit(string workflow)
    {
        var used = Action().Matches(Read($".github/workflows/{workflow}")).Select(match => match.Groups["version"].Value).ToArray();
        Assert.NotEmpty(used);
        Assert.All(used, version => Assert.Matches("^[0-9a-f]{40}$", version));
    }

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    [GeneratedRegex("<VersionPrefix>(?<version>.+)</VersionPrefix>")]
    private static partial Regex Prefix();

    [GeneratedRegex(@"uses: \S+@(?<version>\S+)")]
    private static partial Regex Action();
}
