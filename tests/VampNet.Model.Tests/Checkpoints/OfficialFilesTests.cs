using VampNet.Core;
using VampNet.Core.Sampling;
using VampNet.Core.Tokens;
using VampNet.Model.Checkpoints;
using VampNet.Model.Codec;
using VampNet.Model.Packages;
using VampNet.Model.Sampling;
using VampNet.Testing;
using Xunit;
using static VampNet.Testing.GoldenTensors;

namespace VampNet.Model.Tests.Checkpoints;

/// <summary>Folders and files as users of the public VampNet have them, through conversion to networks that compute the same.</summary>
[Collection(TorchTests.Name), NoTensorLeaks]
public sealed class OfficialFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _warnings = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_becomes_one_package_with_its_fine_tunings()
    {
        var folder = Folder(
            ("codec.pth", "codec_tiny.pth"), ("coarse.pth", "coarse_tiny.pth"), ("c2f.pth", "c2f_tiny.pth"),
            ("wavebeat.pth", "wavebeat_tiny.pth"), ("loras/opera/coarse.pth", "coarse_tiny_lora.pth"));
        var package = Convert(Sources().AddFolder(folder));
        Assert.Equal([PartNames.Codec, PartNames.Coarse, PartNames.Fine, PartNames.Beats], package.Manifest.Parts.Keys);
        Assert.Equal(["opera"], package.Adapters);
        Assert.True(package.HasAdapter(PartNames.Coarse, "opera"));
        Assert.False(package.HasAdapter(PartNames.Fine, "opera"));
        Assert.Empty(_warnings);
        ModelLoader.LoadBeatTracker(package, "cpu").Dispose();
        using var bare = ModelLoader.LoadGenerator(package, PartNames.Coarse, "cpu");
        using var opera = ModelLoader.LoadGenerator(package, PartNames.Coarse, "cpu", adapter: "opera");
        Assert.False(Generate(bare).Data.SequenceEqual(Generate(opera).Data));
    }

    [Theory]
    [InlineData("coarse.pth")]
    [InlineData("coarse/latest/vampnet/weights.pth")]
    [InlineData("coarse/latest/lora.pth")]
    public void A_fine_tuning_is_found_where_the_reference_leaves_it(string place)
    {
        var folder = Folder(("codec.pth", "codec_tiny.pth"), ("coarse.pth", "coarse_tiny.pth"), ("tuned/" + place, "coarse_tiny_lora.pth"));
        var tuned = new Dictionary<string, AdapterSources> { ["x"] = AdapterSources.Find(Path.Combine(folder, "tuned")) };
        Assert.True(Convert(Sources().AddFolder(folder) with { Adapters = tuned }).HasAdapter(PartNames.Coarse, "x"));
    }

    [Theory]
    [InlineData("dac_weights.pth")] // under the names of PyTorch 2's weight norm
    [InlineData("dac_package.pth")] // a torch.package
    public void A_dac_encodes_and_decodes_as_the_reference(string file)
    {
        var package = Convert(Sources() with { Codec = TorchCheckpointTests.Data(file) });
        Assert.Equal(CodecKinds.Dac, package.Manifest.Parts[PartNames.Codec].Kind);
        using var codec = ModelLoader.LoadCodec(package, "cpu");
        var (audio, codes, restored) = (Data("dac_audio"), Data("dac_codes"), Data("dac_restored"));
        Assert.Equal((44_100, 8, 3), (codec.SampleRate, codec.Hop, codec.Codebooks));
        Assert.Equal(codes.Codes, codec.Encode(audio.Floats).Data.ToArray());
        AssertClose("dac_restored", restored.Floats, codec.Decode(new TokenGrid(3, codes.Shape[2], codes.Codes)), AudioTolerance);
    }

    [Fact]
    public void A_lac_encodes_and_decodes_as_the_reference()
    {
        using var codec = ModelLoader.LoadCodec(Convert(Sources() with { Codec = Goldens.File("codec_tiny.pth") }), "cpu");
        var codes = GoldenModels.Grid("codec_codes");
        var own = codec.Encode(Goldens.Array("codec_in_audio").Floats).Data.ToArray();
        Assert.True(own.Zip(codes.Data.ToArray()).Count(pair => pair.First != pair.Second) <= own.Length / 100);
        AssertClose(
            "codec_decode_from_codes_audio", Goldens.Array("codec_decode_from_codes_audio").Floats, codec.Decode(codes), AudioTolerance);
    }

    [Fact]
    public void A_small_lac_goes_through_the_whole_chain()
    {
        using var codec = ModelLoader.LoadCodec(Convert(Sources() with { Codec = Goldens.File("codec_package_weights.pth") }), "cpu");
        Assert.Equal((44_100, 4, 2), (codec.SampleRate, codec.Hop, codec.Codebooks));
        var tokens = codec.Encode(Enumerable.Range(0, 401).Select(i => MathF.Sin(i * 0.1f)).ToArray());
        Assert.Equal(101, tokens.Frames);
        Assert.All(codec.Decode(tokens), sample => Assert.InRange(sample, -1, 1));
    }

    [Fact]
    public void What_nothing_here_knows_is_named_and_ignored()
    {
        Convert(Sources() with { Codec = TorchCheckpointTests.Data("dac_weights.pth") });
        Assert.EndsWith("dac_weights.pth: unknown hyper-parameters are ignored: causal, note", Assert.Single(_warnings));
        _warnings.Clear();
        Convert(Sources() with { Codec = Goldens.File("codec_tiny.pth"), Coarse = Goldens.File("ctrl_tiny.pth") });
        Assert.Matches("ctrl_tiny.pth: tensors that no network here uses are ignored: ctrl_encoder", Assert.Single(_warnings));
    }

    [Fact]
    public void A_folder_that_holds_nothing_is_said_so()
    {
        Assert.True(Sources().AddFolder(_folder.Path).IsEmpty);
        Directory.CreateDirectory(_folder.File("loras/opera"));
        Assert.Contains("opera: holds no fine-tuning", Assert.Throws<CheckpointException>(() => Sources().AddFolder(_folder.Path)).Message);
        Directory.Move(_folder.File("loras/opera"), _folder.File("loras/grand opera"));
        Assert.Contains("names are", Assert.Throws<CheckpointException>(() => Sources().AddFolder(_folder.Path)).Message);
    }

    private static PackageSources Sources() => new() { Name = "tiny", Version = "1.0", Licence = "CC0-1.0" };

    private static Npy Data(string name) => Npy.Read(TorchCheckpointTests.Data(name + ".npy"));

    private static TokenGrid Generate(TokenGenerator generator) =>
        generator.Generate(
            new TokenGrid(4, 20, [.. Enumerable.Repeat(TokenGrid.Mask, 80)]), new SamplingOptions { Steps = 3 }, seed: 1, progress: null,
            CancellationToken.None);

    private ModelPackage Convert(PackageSources sources) =>
        CheckpointConverter.BuildPackage(sources, _folder.File("package"), _warnings.Add);

    private string Folder(params (string Place, string Golden)[] files)
    {
        var folder = _folder.File("models");
        foreach (var (place, golden) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, place))!);
            File.Copy(Goldens.File(golden), Path.Combine(folder, place));
        }
        return folder;
    }
}
