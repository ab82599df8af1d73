using VampNet.Model.Packages;
using VampNet.Testing;
using VampNet.Training.Codec;
using Xunit;
using static TorchSharp.torch;

namespace VampNet.Training.Tests.Codec;

[NoTensorLeaks]
public sealed class CodecValidationTests
{
    [Fact]
    public void The_shipped_codec_keeps_notes_in_all_codebooks_and_in_the_four_coarse_ones()
    {
        using var music = new TestMusic(tracks: 2);
        using var library = music.Open();
        using var network = ModelLoader.LoadCodecNetwork(ModelPackage.Open(Path.Combine(Repository.Root, "weights", "vampnet-mini")));
        using var validation = new CodecValidation(network, library.HeldOut, CPU);
        var figures = validation.MeasureSome().ToDictionary(figure => figure.Name, figure => figure.Value);
        Assert.InRange(figures["notes@14"], 3 * 13, 48); // 13 of the 16 notes of each scale
        Assert.InRange(figures["notes@4"], 3 * 13, 48);
        Assert.True(figures["notes@1"] < figures["notes@4"], $"{figures["notes@1"]} notes in one codebook");
        Assert.True(figures["chroma@14"] > 0.65 && figures["chroma@4"] > 0.65, $"{figures["chroma@14"]}, {figures["chroma@4"]}");
        Assert.True(figures["chroma@1"] < figures["chroma@4"], $"{figures["chroma@1"]} in one codebook");
        Assert.All([14, 4], books => Assert.True(figures[$"chance@{books}"] < figures[$"chroma@{books}"] - 0.2, $"chance with {books}"));
    }
}
