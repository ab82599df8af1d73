using VampNet.Core.Tokens;
using VampNet.Testing;
using Xunit;
using static VampNet.Testing.GoldenTensors;

namespace VampNet.Model.Tests.Sampling;

/// <summary>Activations and log-probabilities against the reference's arrays, from tokens on.</summary>
[Collection(TorchTests.Name)]
[NoTensorLeaks]
public class TokenReaderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Activations_of_a_layer_are_the_references(int layer)
    {
        using var generator = GoldenModels.Generator("coarse");
        for (var item = 0; item < 2; item++)
            AssertClose(
                $"layer {layer}", Activations(layer, item), generator.Embed(GoldenModels.Grid("coarse_z_masked", item), layer),
                LogitTolerance);
    }

    [Fact]
    public void There_is_no_layer_after_the_last()
    {
        using var generator = GoldenModels.Generator("coarse");
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.Embed(GoldenModels.Grid("coarse_codes"), generator.Layers + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.Embed(GoldenModels.Grid("coarse_codes"), -1));
    }

    [Theory]
    [InlineData("coarse")]
    [InlineData("c2f")]
    public void Log_probabilities_of_what_is_hidden(string name)
    {
        using var generator = GoldenModels.Generator(name);
        var (tokens, hidden) = (GoldenModels.Grid(name + "_codes"), GoldenModels.Mask(name + "_mask"));
        AssertClose("scores", GoldenScores.Of(name), generator.Score(tokens, hidden), LogitTolerance);
    }

    [Fact]
    public void The_probabilities_of_all_codes_sum_to_one()
    {
        using var generator = GoldenModels.Generator("coarse");
        var tokens = GoldenModels.Grid("coarse_codes").SliceFrames(0, 3);
        var flags = new bool[tokens.Data.Length];
        flags[4] = true;
        var sum = 0.0;
        for (ushort code = 0; code < TokenGrid.Vocabulary; code++)
        {
            var data = tokens.Data.ToArray();
            data[4] = code;
            var scores = generator.Score(
                new TokenGrid(tokens.Codebooks, tokens.Frames, data), new TokenMask(tokens.Codebooks, tokens.Frames, flags));
            sum += Math.Exp(scores[4]);
            Assert.Equal(scores[4], scores.Sum());
        }
        Assert.Equal(1, sum, 1e-4);
    }

    /// <summary>
    /// (frames, dimension) of one item, from the arrays' layouts (batch, dimension, frames) and (layers, batch, frames, dimension).
    /// </summary>
    private static float[] Activations(int layer, int item)
    {
        if (layer > 0)
        {
            var all = Goldens.Array("coarse_activations");
            var size = all.Shape[2] * all.Shape[3];
            return all.Floats.AsSpan(((layer - 1) * all.Shape[1] + item) * size, size).ToArray();
        }
        var embedded = Goldens.Array("coarse_embedded");
        var (dimension, frames) = (embedded.Shape[1], embedded.Shape[2]);
        return [
            .. Enumerable.Range(0, frames * dimension)
            .Select(i => embedded.Floats[(item * dimension + i % dimension) * frames + i / dimension])];
    }
}
