using System.Security.Cryptography;
using System.Text;
using VampNet.Core;
using VampNet.Core.Prompts;
using VampNet.Model.Checkpoints;
using VampNet.Model.Checkpoints.Torch;
using VampNet.Model.Packages;
using VampNet.Testing;
using Xunit;

namespace VampNet.Model.Tests.Checkpoints;

/// <summary>The reference's tiny models and one fine-tuning as a package.</summary>
public sealed class GoldenPackage : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public GoldenPackage() => CheckpointConverter.BuildPackage(Sources(), _folder.Path);

    public void Dispose() => _folder.Dispose();

    public void CopyTo(string folder)
    {
        foreach (var file in Directory.GetFiles(_folder.Path))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
    }

    internal static PackageSources Sources() => new()
    {
        Name = "tiny",
        Version = "1.0.0",
        Licence = "CC0-1.0",
        Codec = Goldens.File("codec_tiny.pth"),
        Coarse = Goldens.File("coarse_tiny.pth"),
        Fine = Goldens.File("c2f_tiny.pth"),
        Beats = Goldens.File("wavebeat_tiny.pth"),
        Adapters = new Dictionary<string, AdapterSources> { ["opera"] = new(Goldens.File("coarse_tiny_lora.pth"), null) },
    };
}

public sealed class GoldenModelPackageTests(GoldenPackage golden) : IClassFixture<GoldenPackage>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private ModelPackage Build()
    {
        golden.CopyTo(_folder.Path);
        return ModelPackage.Open(_folder.Path);
    }

    private static PackageSources Sources() => GoldenPackage.Sources();

    [Fact]
    public void A_package_is_built_from_the_references_files_and_read_back()
    {
        Build();
        var package = ModelPackage.Open(_folder.Path);
        Assert.Equal(("tiny", "1.0.0", "CC0-1.0"), (package.Manifest.Name, package.Manifest.Version, package.Manifest.Licence));
        Assert.Equal([PartNames.Codec, PartNames.Coarse, PartNames.Fine, PartNames.Beats], package.Manifest.Parts.Keys);
        Assert.Equal(["lac", "vampnet", "vampnet", "wavebeat"], package.Manifest.Parts.Values.Select(p => p.Kind));
        foreach (var (part, file) in new[] { (PartNames.Codec, "codec_tiny.pth"), (PartNames.Fine, "c2f_tiny.pth") })
        {
            var loaded = package.Load(part);
            var original = TorchCheckpoint.Read(Goldens.File(file));
            Assert.Equal(
                original.Metadata[HyperParameters.MetadataKey], loaded.Arguments.Json.ToString().ReplaceLineEndings("").Replace(" ", ""));
            Assert.Equal(original.Tensors.Keys.Order(), loaded.Weights.Tensors.Keys.Order());
            foreach (var (name, tensor) in original.Tensors)
                Assert.True(tensor.Data.Span.SequenceEqual(loaded.Weights[name].Data.Span), name);
        }
    }

    [Fact]
    public void A_lora_file_is_kept_apart_and_replaces_the_adapters_of_the_checkpoint_when_it_is_loaded()
    {
        const string layer = "transformer.layers.0.feed_forward.w_1";
        var (coarse, lora) =
            (TorchCheckpoint.Read(Goldens.File("coarse_tiny.pth")), TorchCheckpoint.Read(Goldens.File("coarse_tiny_lora.pth")));
        var package = Build();
        Assert.Equal(["opera"], package.Adapters);
        Assert.Null(package.LoadAdapter(PartNames.Fine, "opera"));
        var loaded = Lora.Merge(package.Load(PartNames.Coarse).Weights, package.LoadAdapter(PartNames.Coarse, "opera"));
        Assert.DoesNotContain(loaded.Tensors.Keys, k => k.Contains("lora"));
        var (w, a, b) = (coarse[layer + ".weight"], lora[layer + ".lora_A"].ToFloats(), lora[layer + ".lora_B"].ToFloats());
        var (columns, rank) = ((int)w.Shape[1], a.Length / (int)w.Shape[1]);
        var (before, after) = (w.ToFloats(), loaded[layer + ".weight"].ToFloats());
        for (var i = 0; i < before.Length; i++)
        {
            var sum = Enumerable.Range(0, rank).Sum(r => (double)b[i / columns * rank + r] * a[r * columns + i % columns]);
            Assert.Equal(before[i] + sum / rank, after[i], 1e-6);
        }
    }

    [Fact]
    public void The_hash_of_an_adapted_model_is_that_of_both_files()
    {
        var package = Build();
        string Hash(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_folder.File(file))));
        Assert.Equal(Hash("coarse.safetensors"), package.Sha256(PartNames.Coarse));
        var both = Hash("coarse.safetensors") + Hash("opera.coarse.safetensors");
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(both))), package.Sha256(PartNames.Coarse, "opera"));
        Assert.Equal(Hash("fine.safetensors"), package.Sha256(PartNames.Fine, "opera"));
    }

    [Fact]
    public void A_damaged_weight_file_is_reported_with_file_and_tensor()
    {
        Build();
        var path = _folder.File("coarse.safetensors");
        var bytes = File.ReadAllBytes(path);
        bytes[^5] ^= 1;
        File.WriteAllBytes(path, bytes);
        var error = Assert.Throws<CheckpointException>(() => ModelPackage.Open(_folder.Path).Load(PartNames.Coarse));
        Assert.Contains("coarse.safetensors: tensor '", error.Message);
        Assert.Contains("damaged", error.Message);
        File.WriteAllBytes(path, bytes[..^100]);
        Assert.Contains(
            "truncated", Assert.Throws<CheckpointException>(() => ModelPackage.Open(_folder.Path).Load(PartNames.Coarse)).Message);
        File.Delete(path);
        Assert.Contains(
            "coarse.safetensors", Assert.Throws<CheckpointException>(() => ModelPackage.Open(_folder.Path).Load(PartNames.Coarse)).Message);
    }

    [Fact]
    public void An_intact_file_that_is_not_the_manifests_is_refused()
    {
        Build();
        File.Copy(_folder.File("fine.safetensors"), _folder.File("coarse.safetensors"), overwrite: true);
        var error = Assert.Throws<CheckpointException>(() => ModelPackage.Open(_folder.Path).Load(PartNames.Coarse));
        Assert.Contains("coarse.safetensors", error.Message);
        Assert.Contains("SHA-256", error.Message);
    }

    [Theory]
    [InlineData("\"schema\": 1", "\"schema\": 2", "schema is 2")]
    [InlineData("\"schema\": 1", "\"schema\": \"1\"", "schema")]
    [InlineData("\"codec.safetensors\"", "\"../codec.safetensors\"", "parts.codec.file")]
    [InlineData("\"codec.safetensors\"", "\"..\"", "parts.codec.file")]
    [InlineData("\"codec.safetensors\"", "\"a\\u0000.safetensors\"", "parts.codec.file")]
    [InlineData("\"codec.safetensors\"", "null", "file")]
    [InlineData("\"sha256\": \"", "\"sha256\": \"zz", "parts.codec.sha256")]
    [InlineData("\"kind\": \"lac\"", "\"kind\": \"mp3\"", "parts.codec.kind is 'mp3', expected lac or dac or spectral")]
    [InlineData("\"fine\": {", "\"medium\": {", "parts.medium is no part")]
    [InlineData("\"beats\": {", "\"beats\": null, \"nothing\": {", "parts.beats is null")]
    [InlineData("\"parts\": {", "\"parts\": null, \"nothing\": {", "parts")]
    [InlineData("\"parts\": {", "\"nothing\": {", "parts")]
    [InlineData("\"hyperParameters\": {", "\"hyperParameters\": 3, \"nothing\": {", "parts.codec.hyperParameters is not an object")]
    [InlineData("\"kind\": \"lac\"", "\"kind\": \"lac\", \"temperature\": 1", "parts.codec.temperature is given")]
    [InlineData("\"kind\": \"vampnet\"", "\"kind\": \"vampnet\", \"temperature\": 0", "parts.coarse.temperature is 0")]
    [InlineData("\"kind\": \"vampnet\"", "\"kind\": \"vampnet\", \"temperature\": 11", "parts.coarse.temperature is 11")]
    [InlineData("\"schema\": 1", "\"schema\": 1, \"presets\": [null]", "presets[0].name")]
    [InlineData("\"schema\": 1", "\"schema\": 1, \"presets\": [{ \"name\": \"a b\", \"period\": 5, \"codebooks\": 4 }]", "presets[0].name")]
    [InlineData(
        "\"schema\": 1", "\"schema\": 1, \"presets\": [{ \"name\": \"a\", \"period\": -1, \"codebooks\": 4 }]", "presets[0] has period -1")]
    [InlineData(
        "\"schema\": 1", "\"schema\": 1, \"presets\": [{ \"name\": \"a\", \"period\": 5, \"codebooks\": 0 }]",
        "presets[0] keeps 0 codebooks")]
    [InlineData(
        "\"schema\": 1", "\"schema\": 1, \"presets\": [{ \"name\": \"a\", \"period\": 5, \"codebooks\": 4, \"dropout\": 2 }]",
        "presets[0] has dropout 2")]
    [InlineData("\"name\": \"tiny\",", "", "name")]
    [InlineData("\"name\": \"tiny\"", "\"name\": null", "name")]
    [InlineData("\"name\": \"tiny\"", "\"name\": \"\"", "name is not")]
    [InlineData("\"name\": \"tiny\"", "\"name\": \"a\\nb\"", "name is not")]
    [InlineData("\"name\": \"tiny\"", "\"name\": \"a\", \"name\": \"b\"", "name")]
    [InlineData("\"version\": \"1.0.0\"", "\"version\": \"\"", "version is not")]
    [InlineData("\"licence\": \"CC0-1.0\"", "\"licence\": 3", "licence")]
    [InlineData("\"licence\": \"CC0-1.0\"", "\"licence\": \"\"", "licence is not")]
    [InlineData("\"opera\": {", "\"../opera\": {", "adapters.../opera names are")]
    [InlineData("\"opera\": {", "\"opera\": null, \"rock\": {", "adapters.opera is null")]
    [InlineData("\"opera.coarse.safetensors\"", "\"/etc/passwd\"", "adapters.opera.coarse.file")]
    [InlineData("{", "[", "not a manifest")]
    public void A_bad_manifest_is_refused_with_its_field(string from, string to, string expected)
    {
        Build();
        var path = _folder.File(ModelManifest.FileName);
        var text = File.ReadAllText(path);
        Assert.Contains(from, text);
        var at = text.IndexOf(from, StringComparison.Ordinal);
        File.WriteAllText(path, text[..at] + to + text[(at + from.Length)..]);
        var error = Assert.Throws<CheckpointException>(() => ModelPackage.Open(_folder.Path));
        Assert.Contains("manifest.json", error.Message);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void Presets_are_the_packages_own()
    {
        Build();
        Assert.Null(ModelPackage.Open(_folder.Path).Manifest.Presets);
        PromptPreset[] presets = [
            new("close", Period: 3, Codebooks: 14), new("on-the-beat", Period: 0, Codebooks: 4, Dropout: 0.5, BeatSeconds: 0.1)];
        (ModelManifest.Read(_folder.Path) with { Presets = presets }).Write(_folder.Path);
        Assert.Equal(presets, ModelPackage.Open(_folder.Path).Manifest.Presets);
    }

    /// <summary>Nothing is built of sizes that the weights do not have, however large.</summary>
    [Theory]
    [InlineData(PartNames.Codec, "\"encoder_dim\": 8", "\"encoder_dim\": 2000000000", "hyper-parameters encoder_dim")]
    [InlineData(PartNames.Codec, "\"n_codebooks\": 14", "\"n_codebooks\": 2000000000", "hyper-parameters n_codebooks")]
    [InlineData(PartNames.Codec, "\"n_codebooks\": 14", "\"n_codebooks\": -1", "'n_codebooks' is -1")]
    [InlineData(PartNames.Codec, "\"codebook_size\": 1024", "\"codebook_size\": 2000000000", "codebook_size")]
    [InlineData(PartNames.Codec, "\"decoder_dim\": 32", "\"decoder_dim\": 64", "hyper-parameters decoder_dim")]
    [InlineData(PartNames.Codec, "\"sample_rate\": 44100", "\"sample_rate\": 0", "'sample_rate' is 0")]
    [InlineData(PartNames.Codec, "\"sample_rate\": 44100", "\"sample_rate\": \"high\"", "'sample_rate' is \"high\"")]
    [InlineData(PartNames.Codec, "\"encoder_rates\": [", "\"encoder_rates\": [3,", "'encoder_rates' is (3")]
    [InlineData(PartNames.Codec, "\"encoder_rates\": [", "\"encoder_rates\": [2,", "multiply to 1536 and 768")]
    [InlineData(PartNames.Coarse, "\"embedding_dim\": 64", "\"embedding_dim\": 2000000000", "hyper-parameters embedding_dim")]
    [InlineData(PartNames.Coarse, "\"n_layers\": 2", "\"n_layers\": 2000000000", "hyper-parameters n_layers")]
    [InlineData(PartNames.Coarse, "\"n_heads\": 4", "\"n_heads\": 8", "hyper-parameters n_heads")]
    [InlineData(PartNames.Coarse, "\"n_heads\": 4", "\"n_heads\": 0", "make no VampNet")]
    [InlineData(PartNames.Coarse, "\"r_cond_dim\": 0", "\"r_cond_dim\": 4", "'r_cond_dim' is not 0")]
    [InlineData(PartNames.Coarse, "\"noise_mode\": \"mask\"", "\"noise_mode\": \"\\ud800\"", "text that is none")]
    [InlineData(PartNames.Coarse, "\"noise_mode\": \"mask\"", "\"noise_mode\": \"random\"", "'noise_mode' is 'random'")]
    public void Hyper_parameters_that_do_not_fit_are_refused_by_name(string part, string from, string to, string expected)
    {
        Build();
        var path = _folder.File(ModelManifest.FileName);
        var text = File.ReadAllText(path);
        Assert.Contains(from, text);
        File.WriteAllText(path, text.Replace(from, to));
        var package = ModelPackage.Open(_folder.Path);
        var error = Assert.Throws<CheckpointException>(
            () => part == PartNames.Codec
            ? ModelLoader.LoadCodec(package, "cpu")
            : (IDisposable)ModelLoader.LoadGenerator(package, part, "cpu"));
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void A_file_in_the_wrong_role_is_refused()
    {
        AssertRefused(Sources() with { Coarse = Goldens.File("c2f_tiny.pth") }, "is a fine model");
        AssertRefused(Sources() with { Fine = Goldens.File("coarse_tiny.pth") }, "is a coarse model");
        AssertRefused(Sources() with { Codec = Goldens.File("coarse_tiny.pth") }, "is not a codec");
        AssertRefused(Sources() with { Coarse = Goldens.File("codec_tiny.pth") }, "n_conditioning_codebooks");
        AssertRefused(Sources() with { Beats = Goldens.File("coarse_tiny.pth") }, "nblocks");
        AssertRefused(Sources() with { Beats = Goldens.File("codec_tiny.pth") }, "codec_tiny.pth");
        AssertRefused(Sources() with { Codec = null }, "needs the codec");
        AssertRefused(Sources() with { Codec = Goldens.File("codec_package_weights.pth") }, "quantizer.quantizers.0.codebook.weight");
        AssertRefused(Sources() with { Adapters = Tuning(Goldens.File("codec_tiny.pth")) }, "is no adapter");
        AssertRefused(Sources() with
        {
            Adapters = Tuning(Goldens.File("c2f_tiny.pth")),
        }, "c2f_tiny.pth: tensor 'embedding.special.MASK' is F32 (14, 8)");
        AssertRefused(Sources() with { Adapters = Tuning(Goldens.File("coarse_tiny.pth")) }, "holds nothing that");
        AssertRefused(
            Sources() with { Coarse = null, Adapters = Tuning(Goldens.File("coarse_tiny_lora.pth")) }, "changes the part 'coarse'");
        Assert.False(File.Exists(_folder.File(ModelManifest.FileName)));
        Assert.Contains("no part 'fine'", Assert.Throws<CheckpointException>(
            () => CheckpointConverter.BuildPackage(Sources() with { Fine = null }, _folder.Path).Load(PartNames.Fine)).Message);
    }

    private static Dictionary<string, AdapterSources> Tuning(string coarse) => new() { ["x"] = new(coarse, null) };

    private void AssertRefused(PackageSources sources, string expected) =>
        Assert.Contains(
            expected, Assert.Throws<CheckpointException>(() => CheckpointConverter.BuildPackage(sources, _folder.Path)).Message);
}
