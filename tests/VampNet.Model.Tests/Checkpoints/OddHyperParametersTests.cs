using System.Text.Json.Nodes;
using VampNet.Core;
using VampNet.Model.Checkpoints;
using VampNet.Model.Packages;
using VampNet.Testing;
using Xunit;

namespace VampNet.Model.Tests.Checkpoints;

/// <summary>
/// Whatever a manifest says of sizes: the network loads, or is refused before anything large is built, and nothing is left behind.
/// </summary>
[Collection(TorchTests.Name), NoTensorLeaks]
public sealed class OddHyperParametersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(PartNames.Codec)]
    [InlineData(PartNames.Coarse)]
    [InlineData(PartNames.Beats)]
    public void Odd_hyper_parameters_of_the_references_models_load_or_are_refused(string part)
    {
        CheckpointConverter.BuildPackage(
            new PackageSources
            {
                Name = "tiny",
                Version = "1",
                Licence = "CC0-1.0",
                Codec = Goldens.File("codec_tiny.pth"),
                Coarse = Goldens.File("coarse_tiny.pth"),
                Beats = Goldens.File("wavebeat_tiny.pth"),
            },
            _folder.Path);
        Fuzz(_folder.Path, part, rounds: 80);
    }

    [Fact]
    public void Odd_hyper_parameters_of_the_codec_that_ships_load_or_are_refused()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Repository.Root, "weights", "vampnet-mini")))
            File.Copy(file, _folder.File(Path.GetFileName(file)));
        Fuzz(_folder.Path, PartNames.Codec, rounds: 40);
    }

    private static void Fuzz(string folder, string part, int rounds)
    {
        var path = Path.Combine(folder, ModelManifest.FileName);
        var (json, random) = (File.ReadAllText(path), new Random(rounds));
        var refused = 0;
        for (var round = 0; round < rounds; round++)
        {
            var manifest = JsonNode.Parse(json)!;
            var description = manifest["parts"]![part]!;
            var odd = Damage.Json(description["hyperParameters"]!.ToJsonString(), random);
            description["hyperParameters"] = JsonNode.Parse(odd);
            File.WriteAllText(path, manifest.ToJsonString());
            try
            {
                Load(ModelPackage.Open(folder), part).Dispose();
            }
            catch (CheckpointException)
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"{odd}: {e}");
            }
        }
        Assert.True(refused > rounds / 4, $"only {refused} of {rounds} odd manifests were noticed");
    }

    private static IDisposable Load(ModelPackage package, string part) => part switch
    {
        PartNames.Codec => ModelLoader.LoadCodec(package, "cpu"),
        PartNames.Beats => ModelLoader.LoadBeatTracker(package, "cpu"),
        _ => ModelLoader.LoadGenerator(package, part, "cpu"),
    };
}
