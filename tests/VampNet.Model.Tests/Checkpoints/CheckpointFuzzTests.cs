using System.Text;
using VampNet.Model.Checkpoints;
using VampNet.Model.Checkpoints.Torch;
using VampNet.Model.Packages;
using VampNet.Testing;
using Xunit;

namespace VampNet.Model.Tests.Checkpoints;

/// <summary>Damaged files load or throw <see cref="CheckpointException"/>: nothing else, promptly, in bounded memory.</summary>
public class CheckpointFuzzTests
{
    /// <summary>Bytes to read in all for one file: the smaller it is, the more rounds.</summary>
    private const long Work = 20_000_000;

    /// <summary>The long tests do this much more.</summary>
    private const int Long = 100;

    public static TheoryData<string> Checkpoints =>
        ["views.pth", "package.pth", "package_weights.pth", "dac_package.pth", "dac_weights.pth", "coarse_tiny_lora.pth",
            "wavebeat_tiny.pth", "codec_tiny.pth"];

    /// <summary>The pickles that describe the tensors.</summary>
    public static TheoryData<string, string> Pickles => new()
    {
        { "views.pth", "data.pkl" },
        { "package.pth", "Tiny.pth" },
        { "package.pth", "Tiny.metadata" },
        { "dac_package.pth", "DAC.pth" },
        { "coarse_tiny_lora.pth", "data.pkl" },
        { "wavebeat_tiny.pth", "data.pkl" },
    };

    public static TheoryData<string> Tables => ["package.pth", "views.pth", "coarse_tiny_lora.pth"];

    [Theory, MemberData(nameof(Checkpoints))]
    public void Damaged_zips_are_reported(string name) => FuzzZip(name, 1);

    [Theory, MemberData(nameof(Pickles))]
    public void Damaged_pickles_are_reported(string name, string entry) => FuzzPickle(name, entry, 1);

    [Theory, MemberData(nameof(Tables))]
    public void Damaged_safetensors_are_reported(string name) => FuzzSafetensors(name, 1);

    [Fact]
    public void Damaged_manifests_are_reported() => FuzzManifest(1);

    [Theory, MemberData(nameof(Checkpoints)), Trait("Category", "Host")]
    public void Damaged_zips_are_reported_for_long(string name) => FuzzZip(name, Long);

    [Theory, MemberData(nameof(Pickles)), Trait("Category", "Host")]
    public void Damaged_pickles_are_reported_for_long(string name, string entry) => FuzzPickle(name, entry, Long);

    [Theory, MemberData(nameof(Tables)), Trait("Category", "Host")]
    public void Damaged_safetensors_are_reported_for_long(string name) => FuzzSafetensors(name, Long);

    [Fact, Trait("Category", "Host")]
    public void Damaged_manifests_are_reported_for_long() => FuzzManifest(Long);

    private static void FuzzZip(string name, int times)
    {
        var file = File.ReadAllBytes(Find(name));
        Mutations.AssertSurvives(file, Rounds(file, times), damaged => TorchCheckpoint.Read(new MemoryStream(damaged), name));
    }

    /// <summary>
    /// The pickle alone, so that the damage gets past the checksums of the zip; its tensors are looked at, their bytes are not there.
    /// </summary>
    private static void FuzzPickle(string name, string entry, int times)
    {
        var entries = PickleWriter.Unzip(Find(name));
        var index = Array.FindIndex(entries, e => e.Name.EndsWith(entry, StringComparison.Ordinal));
        var file = entries[index].Data;
        var zip = entries.Sum(e => e.Data.Length);
        Mutations.AssertSurvives(file, Rounds(file, times, zip), zip, damaged =>
        {
            var changed = entries.ToArray();
            changed[index].Data = damaged;
            var stream = PickleWriter.Zip(changed);
            return () => TorchCheckpoint.Read(stream, name);
        });
    }

    private static void FuzzSafetensors(string name, int times)
    {
        var file = SafetensorsTests.Write(TorchCheckpoint.Read(Find(name)));
        Mutations.AssertSurvives(file, Rounds(file, times), damaged => Safetensors.Read(new MemoryStream(damaged), "damaged"));
    }

    private static void FuzzManifest(int times)
    {
        using var folder = new TemporaryFolder();
        var sources = new PackageSources
        {
            Name = "tiny",
            Version = "1",
            Licence = "CC0-1.0",
            Codec = Goldens.File("codec_tiny.pth"),
            Coarse = Goldens.File("coarse_tiny.pth"),
        };
        CheckpointConverter.BuildPackage(sources with
        {
            Adapters = new Dictionary<string, AdapterSources>
            { ["opera"] = new(Goldens.File("coarse_tiny_lora.pth"), null) },
        }, folder.Path);
        var file = File.ReadAllBytes(folder.File(ModelManifest.FileName));
        Mutations.AssertSurvives(file, 1_000 * times, damaged => ModelManifest.Read(new MemoryStream(damaged), "manifest.json"));
        var (json, random) = (Encoding.UTF8.GetString(file), new Random(times));
        for (var round = 0; round < 1_000 * times; round++)
        {
            try
            {
                ModelManifest.Read(new MemoryStream(Encoding.UTF8.GetBytes(Damage.Json(json, random))), "manifest.json");
            }
            catch (CheckpointException e)
            {
                Assert.StartsWith("manifest.json: ", e.Message, StringComparison.Ordinal);
            }
        }
    }

    private static int Rounds(byte[] file, int times, int total = 0) =>
        (int)Math.Clamp(Work * times / Math.Max(file.Length, total), 50, 1_500 * times);

    private static string Find(string name) =>
        File.Exists(TorchCheckpointTests.Data(name)) ? TorchCheckpointTests.Data(name) : Goldens.File(name);
}
