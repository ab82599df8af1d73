using VampNet.Model.Checkpoints;
using VampNet.Model.Codec;
using VampNet.Testing;
using Xunit;
using static TorchSharp.torch;

namespace VampNet.Model.Tests.Codec;

[Collection(TorchTests.Name)]
[NoTensorLeaks]
public sealed class QuantizerInitializationTests
{
    private const int Dimension = 4, Entries = 64;

    [Fact]
    public void Entries_start_where_the_measure_that_looks_them_up_wants_them()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        var latents = randn(1, Dimension, 4096) * randn(1, 1, 4096).exp(); // of music differ in length as much as in direction
        using ResidualQuantizer angles = Quantizer(CodebookMetric.Cosine), distances = Quantizer(CodebookMetric.Euclidean);
        angles.InitializeFrom(new Encoding(latents), new Random(1));
        distances.InitializeFrom(new Encoding(latents), new Random(1));
        using var misled = Quantizer(CodebookMetric.Cosine);
        misled.LoadTable(distances.ToTable(ElementType.F32, new Dictionary<string, string>()));

        var (own, foreign) = (Error(angles, latents), Error(misled, latents));
        Assert.True(own < 0.8 * foreign, $"{own} with entries for angles, {foreign} with entries for distances");
    }

    [Theory]
    [InlineData(CodebookMetric.Cosine)]
    [InlineData(CodebookMetric.Euclidean)]
    public void Too_few_frames_are_refused(CodebookMetric metric)
    {
        using var scope = NewDisposeScope();
        using var quantizer = Quantizer(metric);
        var e = Assert.Throws<ArgumentException>(
            () => quantizer.InitializeFrom(new Encoding(randn(1, Dimension, Entries - 1)), new Random(1)));
        Assert.Contains($"{Entries - 1} frames are too few", e.Message);
    }

    private static ResidualQuantizer Quantizer(CodebookMetric metric) => new(Dimension, 1, Entries, Dimension, metric);

    private static double Error(ResidualQuantizer quantizer, Tensor latents)
    {
        using var frozen = no_grad();
        quantizer.eval();
        return (quantizer.Quantize(new Encoding(latents)).Quantized - latents).square().mean().item<float>();
    }
}
