using System.Security.Cryptography;
using k8s.Models;
using VampNet.Testing;
using Xunit;

namespace Deploy.Tests;

/// <summary>Model packages are checked before a stage starts: the script that does it, run as the init container runs it.</summary>
public sealed class ModelVolumeTests : IDisposable
{
    private static readonly string Script = Path.Combine(Repository.Root, "k8s", "components", "model-volume", "verify", "models.sh");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("models");

    public static TheoryData<string> Sources => ["pvc", "oci", "http"];

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>A package as this project writes them.</summary>
    [Fact]
    public void A_package_is_fetched_with_every_file_and_checked()
    {
        var source = Path.Combine(Repository.Root, "weights", "vampnet-mini");
        var (code, output, errors) = Run($"mini {Hash(Path.Combine(source, "manifest.json"))} file://{source}");
        Assert.True(code == 0, errors);
        Assert.Contains("is complete and unchanged", output, StringComparison.Ordinal);
        Assert.Equal(
            ["coarse.safetensors", "codec.safetensors", "fine.safetensors", "manifest.json"],
            Directory.GetFiles(PathOf("models/mini")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Several_packages_that_are_there_are_checked_where_they_lie()
    {
        var (first, second) = (Package("models/first"), Package("models/second"));
        var (code, output, errors) = Run($"# a comment\n\nfirst {first}\nsecond {second}");
        Assert.True(code == 0, errors);
        Assert.Equal(2, output.Split("is complete and unchanged").Length - 1);
    }

    [Theory]
    [InlineData("a.safetensors", "has another SHA-256")]
    [InlineData("b.safetensors", "has another SHA-256")]
    [InlineData("manifest.json", "has another SHA-256")]
    public void A_file_that_was_changed_stops_the_stage_from_starting(string file, string says)
    {
        var hash = Package("models/it");
        File.AppendAllText(PathOf($"models/it/{file}"), " ");
        AssertFails($"it {hash}", $"models/it/{file} {says}");
    }

    [Fact]
    public void A_file_that_is_missing_stops_the_stage_from_starting()
    {
        var hash = Package("models/it");
        File.Delete(PathOf("models/it/b.safetensors"));
        AssertFails($"it {hash}", "models/it/b.safetensors is missing");
        AssertFails($"other {hash}", "models/other/manifest.json is missing");
    }

    [Fact]
    public void A_file_that_was_fetched_in_part_is_fetched_again_and_one_that_is_wrong_at_its_source_is_not_taken()
    {
        var hash = Package("source");
        Package("models/it");
        File.WriteAllText(PathOf("models/it/a.safetensors"), "half");
        var (code, output, errors) = Run($"it {hash} file://{PathOf("source")}");
        Assert.True(code == 0, errors);
        Assert.Equal(1, output.Split("fetching").Length - 1);
        Assert.Equal("weights a", File.ReadAllText(PathOf("models/it/a.safetensors")));

        File.WriteAllText(PathOf("models/it/a.safetensors"), "half");
        File.WriteAllText(PathOf("source/a.safetensors"), "other");
        AssertFails($"it {hash} file://{PathOf("source")}", "a.safetensors has another SHA-256");
    }

    [Theory]
    [InlineData("""{ "file": "../a.safetensors", "sha256": "00" }""", "names ../a.safetensors")]
    [InlineData("""{ "file": "a.safetensors", "x": { }, "sha256": "00" }""", "is written in a way that this script does not read")]
    [InlineData("""{ "x": 1 }""", "is written in a way that this script does not read")]
    public void A_manifest_that_cannot_be_checked_is_refused(string part, string says)
    {
        Package("models/it");
        File.WriteAllText(PathOf("models/it/manifest.json"), $$"""{ "parts": { "codec": {{part}} } }""");
        AssertFails($"it {Hash(PathOf("models/it/manifest.json"))}", says);
    }

    [KubectlTheory, MemberData(nameof(Sources))]
    public void A_stage_checks_its_packages_before_it_starts_and_only_reads_them(string source)
    {
        var mesh = Mesh.Of(Kustomizations.With("cpu", $"model-volume/{source}"));
        foreach (var stage in Program.Stages.Select(stage => stage.Name))
        {
            var pod = mesh.Pod(stage).Spec;
            var init = Assert.Single(pod.InitContainers);
            Assert.Equal(["sh", "/config/models.sh", "/models", "/config/packages"], init.Command);
            var config = pod.Volumes.Single(v => v.Name == init.VolumeMounts.Single(m => m.MountPath == "/config").Name).Projected.Sources;
            var data = config.SelectMany(o => mesh.Object<V1ConfigMap>(o.ConfigMap.Name).Data).ToDictionary();
            Assert.Equal(File.ReadAllText(Script), data["models.sh"]);
            Assert.Equal("it-1.0 00", data["packages"]);
            var mount = mesh.Container(stage).VolumeMounts.Single(m => m.MountPath == "/models");
            Assert.True(mount.ReadOnlyProperty);
            Assert.Equal(mount.Name, init.VolumeMounts.Single(m => m.MountPath == "/models").Name);
        }
        Assert.Null(mesh.Pod("gateway").Spec.InitContainers);
    }

    private void AssertFails(string list, string says)
    {
        var (code, _, errors) = Run(list);
        Assert.Equal(1, code);
        Assert.Contains(says, errors, StringComparison.Ordinal);
    }

    private (int Code, string Output, string Errors) Run(string list)
    {
        File.WriteAllText(PathOf("list"), list + "\n");
        return Tool.Try("sh", Script, PathOf("models"), PathOf("list"));
    }

    /// <summary>A package of two small files.</summary>
    /// <returns>the hash of its manifest</returns>
    private string Package(string name)
    {
        Directory.CreateDirectory(PathOf(name));
        foreach (var file in new[] { "a", "b" })
            File.WriteAllText(PathOf($"{name}/{file}.safetensors"), $"weights {file}");
        File.WriteAllText(
            PathOf($"{name}/manifest.json"),
            $$"""
            {
              "parts": {
                "codec": { "file": "a.safetensors", "sha256": "{{Hash(PathOf($"{name}/a.safetensors"))}}", "hyperParameters": { "n": 1 } },
                "coarse": { "sha256": "{{Hash(PathOf($"{name}/b.safetensors"))}}", "file": "b.safetensors" }
              }
            }
            """);
        return Hash(PathOf($"{name}/manifest.json"));
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private static string Hash(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));
}
