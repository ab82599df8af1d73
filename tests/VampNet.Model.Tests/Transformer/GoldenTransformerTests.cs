using VampNet.Model.Checkpoints.Torch;
using VampNet.Model.Transformer;
using VampNet.Testing;
using Xunit;
using static TorchSharp.torch;
using static VampNet.Testing.GoldenTensors;

namespace VampNet.Model.Tests.Transformer;

/// <summary>Both generators' networks against the reference, from tokens to logits.</summary>
[Collection(TorchTests.Name)]
public sealed class GoldenTransformerTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly IDisposable _frozen = no_grad();

    public void Dispose()
    {
        _frozen.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [InlineData("coarse")]
    [InlineData("c2f")]
    public void Tokens_to_latents_to_logits(string name)
    {
        using var network = GoldenModels.Transformer(name);
        var latents = network.Embed(Tensor(name + "_z_masked"), GoldenModels.Entries(network.Options.Codebooks));
        AssertClose(name + "_latents", latents, 0);
        AssertClose(name + "_logits", network.Forward(Tensor(name + "_latents")).transpose(1, 2), LogitTolerance);
        var masked = GoldenModels.Mask(name + "_mask").Apply(GoldenModels.Grid(name + "_codes"));
        Assert.Equal(GoldenModels.Grid(name + "_z_masked").Data.ToArray(), masked.Data.ToArray());
    }

    [Fact]
    public void The_residual_stream_is_the_references_layer_by_layer()
    {
        using var network = GoldenModels.Transformer("coarse");
        var latents = Tensor("coarse_latents");
        AssertClose("coarse_embedded", network.Project(latents), LogitTolerance);
        var activations = new List<Tensor>();
        network.Forward(latents, activations);
        AssertClose("coarse_activations", stack(activations), LogitTolerance);
    }

    /// <summary>One frame, and more frames than the position bias tells apart.</summary>
    [Theory]
    [InlineData("T1")]
    [InlineData("T200")]
    public void Logits_of_other_lengths_are_the_references(string length)
    {
        using var network = GoldenModels.Transformer("coarse");
        var expected = Goldens.Array("coarse_logits_" + length);
        var logits = network.Forward(network.Embed(Tensor("coarse_z_" + length), GoldenModels.Entries(network.Options.Codebooks)));
        AssertClose(
            expected.Name, expected.Floats, Values(logits.narrow(1, logits.size(1) - expected.Shape[2], expected.Shape[2]).transpose(1, 2)),
            LogitTolerance);
    }

    [Fact]
    public void Logits_with_a_merged_lora_file_are_the_references()
    {
        using var network = GoldenModels.Transformer("coarse", "coarse_tiny_lora.pth");
        AssertClose("coarse_lora_logits", network.Forward(Tensor("coarse_latents").narrow(0, 0, 1)).transpose(1, 2), LogitTolerance);
    }

    [Fact]
    public void Position_buckets_are_the_references()
    {
        var (relative, buckets) = (Goldens.Array("relpos_rel").Longs, Goldens.Array("relpos_bucket").Longs);
        Assert.Equal(buckets, relative.Select(r => (long)PositionBuckets.Of((int)r)));
    }

    [Fact]
    public void The_position_bias_is_the_references()
    {
        var golden = Goldens.Array("relpos_bias_40"); // (heads, 1, query, key)
        var weight = TorchCheckpoint.Read(Goldens.File("coarse_tiny.pth"))["transformer.layers.0.self_attn.relative_attention_bias.weight"]
            .ToFloats();
        var (heads, frames) = (golden.Shape[0], golden.Shape[2]);
        for (var i = 0; i < golden.Count; i++)
        {
            var (h, q, k) = (i / (frames * frames), i / frames % frames, i % frames);
            Assert.Equal(golden.Floats[i], weight[PositionBuckets.Of(k - q) * heads + h]);
        }
    }
}
