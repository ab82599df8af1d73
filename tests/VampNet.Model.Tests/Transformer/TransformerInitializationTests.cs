using VampNet.Model.Layers;
using VampNet.Model.Transformer;
using VampNet.Testing;
using Xunit;
using static TorchSharp.torch;

namespace VampNet.Model.Tests.Transformer;

[Collection(TorchTests.Name)]
[NoTensorLeaks]
public sealed class TransformerInitializationTests
{
    private const int Codebooks = 3, Conditioning = 1, Frames = 20, Masked = 1024;
    [Fact]
    public void Neither_the_scale_nor_the_place_of_the_entries_matters()
    {
        using var scope = NewDisposeScope();
        var codebooks = RandomCodebooks();
        var (expected, actual) = (Logits(codebooks), Logits(codebooks * 3 + 1));
        Assert.True((expected - actual).abs().max().item<float>() < 1e-3);
    }

    [Fact]
    public void Codes_of_equal_entries_are_equally_likely_and_others_are_not()
    {
        using var scope = NewDisposeScope();
        var codebooks = RandomCodebooks();
        codebooks.select(0, 1).select(0, 7).copy_(codebooks.select(0, 1).select(0, 500));
        var logits = Logits(codebooks).view(Frames, Codebooks - Conditioning, 1024).select(1, 0); // of codebook 1
        Assert.True((logits.select(1, 7) - logits.select(1, 500)).abs().max().item<float>() < 1e-4);
        Assert.True((logits.select(1, 7) - logits.select(1, 501)).abs().max().item<float>() > 0.1);
    }

    [Fact]
    public void Every_head_starts_with_a_view_of_its_own_that_falls_with_the_distance()
    {
        const int Heads = 4, Centre = 40;
        using var scope = NewDisposeScope();
        using var attention = new RelativeAttention(
            new VampNetOptions(Codebooks, Conditioning, 32, Heads, Layers: 1), ownsBias: true, new MatrixProducts());
        using var frozen = no_grad();
        attention.InitializeLocalBias();
        var bias = attention.PositionBias(2 * Centre + 1).squeeze(0); // (heads, query, key)
        for (var head = 0; head < Heads; head++)
        {
            Assert.True(Bias(head, -1) > Bias(head, -8) && Bias(head, -8) > Bias(head, -30));
            Assert.True(Bias(head, 1) > Bias(head, 8) && Bias(head, 8) > Bias(head, 30));
            Assert.Equal(head % 2 == 0, Bias(head, -1) > Bias(head, 1));
        }
        Assert.True(Bias(0, -8) < Bias(2, -8), "later heads see further");

        float Bias(int head, int distance) => bias.select(0, head).select(0, Centre).select(0, Centre + distance).item<float>();
    }

    private static Tensor RandomCodebooks()
    {
        random.manual_seed(1);
        return randn([Codebooks, 1024, 8]);
    }

    /// <summary>Of a fresh network, started from the codebooks, for the same tokens: some hidden, the others random.</summary>
    private static Tensor Logits(Tensor codebooks)
    {
        random.manual_seed(2);
        using var network = new VampNetTransformer(new VampNetOptions(Codebooks, Conditioning, 32, Heads: 2, Layers: 1));
        using var frozen = no_grad();
        network.eval();
        network.InitializeFrom(codebooks);
        var tokens = randint(0, 1024, [1, Codebooks, Frames], int64);
        tokens.slice(2, 5, 9, 1).fill_(Masked);
        return network.Forward(network.Embed(tokens, codebooks));
    }
}
