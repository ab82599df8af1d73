using System.Xml.Linq;
using VampNet.Testing;

namespace Architecture.Tests;

/// <summary>The arrows between projects: CONTRIBUTING.md, "Where things go".</summary>
public class ProjectTests
{
    private static readonly Dictionary<string, string[]> s_mayUse = new()
    {
        ["VampNet.Protos"] = [],
        ["VampNet.Core"] = [],
        ["VampNet.Audio"] = ["VampNet.Core"],
        ["VampNet.Model"] = ["VampNet.Core", "VampNet.Audio"],
        ["VampNet.Training"] = ["VampNet.Model", "VampNet.Audio"],
        ["VampNet.Evaluation"] = ["VampNet.Training", "VampNet.Client"],
        ["VampNet.Client"] = ["VampNet.Protos", "VampNet.Core"],
        ["VampNet.Load"] = ["VampNet.Client"],
        ["VampNet.Services.Hosting"] = ["VampNet.Protos", "VampNet.Core", "VampNet.Audio"],
        ["VampNet.Services.Inference"] = ["VampNet.Services.Hosting", "VampNet.Model"],
        ["VampNet.Services.Codec"] = ["VampNet.Services.Inference"],
        ["VampNet.Services.CoarseGenerator"] = ["VampNet.Services.Inference"],
        ["VampNet.Services.FineGenerator"] = ["VampNet.Services.Inference"],
        ["VampNet.Services.BeatTracker"] = ["VampNet.Services.Inference"],
        ["VampNet.Gateway"] = ["VampNet.Services.Hosting", "VampNet.Client"],
        ["VampNet.Services.AllInOne"] =
        [
            "VampNet.Gateway", "VampNet.Services.Codec", "VampNet.Services.CoarseGenerator", "VampNet.Services.FineGenerator",
                "VampNet.Services.BeatTracker",
        ],
        ["VampNet.Cli"] = ["VampNet.Client", "VampNet.Load", "VampNet.Services.AllInOne", "VampNet.Training", "VampNet.Evaluation"],
    };

    [Fact]
    public void Projects_use_what_they_may()
    {
        string[] folders = ["protos", "model", "services", "gateway", "clients"];
        var projects = folders.SelectMany(
            folder => Directory.GetFiles(Path.Combine(Repository.Root, folder), "*.csproj", SearchOption.AllDirectories)).ToList();
        Assert.Equal(
            s_mayUse.Keys.Order(StringComparer.Ordinal),
            projects.Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal));
        foreach (var project in projects)
        {
            var used = XDocument.Load(project).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)).ToList();
            var name = Path.GetFileNameWithoutExtension(project);
            Assert.True(used.All(s_mayUse[name].Contains), $"{name} uses {string.Join(", ", used.Except(s_mayUse[name]))}");
        }
    }

    /// <summary>A proxy needs no half gigabyte of libtorch.</summary>
    [Theory]
    [InlineData("VampNet.Gateway", false)]
    [InlineData("VampNet.Services.Codec", true)]
    public void Only_stages_ship_torch(string program, bool ships)
    {
        var file = Path.Combine(
            Repository.Root, "artifacts", "bin", program, new DirectoryInfo(AppContext.BaseDirectory).Name, $"{program}.deps.json");
        var text = File.ReadAllText(file);
        Assert.Contains("VampNet.Core", text, StringComparison.Ordinal);
        Assert.Equal(ships, text.Contains("torch", StringComparison.OrdinalIgnoreCase));
    }
}
