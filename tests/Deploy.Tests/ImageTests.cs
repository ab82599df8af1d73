using System.Text.RegularExpressions;
using VampNet.Gateway;
using VampNet.Testing;
using Xunit;

namespace Deploy.Tests;

/// <summary>Dockerfile and Makefile build the images that the manifests name.</summary>
public partial class ImageTests
{
    private static readonly string Dockerfile = File.ReadAllText(Path.Combine(Repository.Root, "Dockerfile"));

    public static TheoryData<string> Programs => [.. Program.All.Select(program => program.Name)];

    [Theory, MemberData(nameof(Programs))]
    public void The_Dockerfile_has_a_target_that_runs_the_program(string name)
    {
        var target = Regex.Match(
            Dockerfile, $@"^FROM \S+ AS {name}\n(?:(?!FROM ).*\n)*?ENTRYPOINT \[""dotnet"", ""(?<dll>[^""]+)""\]", RegexOptions.Multiline);
        Assert.True(target.Success, $"no target {name} with an entry point");
        Assert.Equal(Program.Named(name).Assembly + ".dll", target.Groups["dll"].Value);
    }

    [Fact]
    public void The_image_of_the_gateway_says_where_it_listens() =>
        Assert.Contains($"\nEXPOSE {GatewayStage.Port} {GatewayStage.HttpPort}\n", Dockerfile, StringComparison.Ordinal);

    [Fact]
    public void The_Dockerfile_publishes_projects_that_exist()
    {
        var projects = PublishedProject().Matches(Dockerfile).Select(match => match.Groups["folder"].Value).ToArray();
        Assert.True(projects.Length > Program.All.Length); // and the command
        Assert.All(projects, folder => Assert.Single(Directory.GetFiles(Path.Combine(Repository.Root, folder), "*.csproj")));
    }

    [Fact]
    public void Make_builds_every_image()
    {
        var script = File.ReadAllText(Path.Combine(Repository.Root, "scripts", "images.sh"));
        var programs = Regex.Match(script, @"^for program in (?<names>[^;]+);", RegexOptions.Multiline).Groups["names"].Value;
        Assert.Equal(
            Program.All.Select(program => program.Name).Order(StringComparer.Ordinal), programs.Split(' ').Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"dotnet publish (?<folder>\S+) ")]
    private static partial Regex PublishedProject();
}
