using VampNet.Core.Tokens;
using VampNet.Model.Checkpoints;
using VampNet.Model.Checkpoints.Torch;
using VampNet.Model.Codec;
using VampNet.Model.Packages;
using VampNet.Model.Sampling;
using VampNet.Model.Transformer;
using VampNet.Testing;
using static TorchSharp.torch;

namespace VampNet.Model.Tests;

/// <summary>The networks of the reference's tiny checkpoints, and grids from its arrays.</summary>
internal static class GoldenModels
{
    public static ConvolutionalCodec Codec()
    {
        using var frozen = no_grad();
        var table = TorchCheckpoint.Read(Goldens.File("codec_tiny.pth"));
        var network = (ConvolutionalCodec)ModelLoader.LoadCodecNetwork(CodecKinds.Lac, table.HyperParameters(), table);
        network.eval();
        return network;
    }

    /// <param name="name">coarse or c2f</param>
    /// <param name="lora">a LoRA file to merge</param>
    public static VampNetTransformer Transformer(string name, string? lora = null)
    {
        using var frozen = no_grad();
        var table = TorchCheckpoint.Read(Goldens.File(name + "_tiny.pth"));
        var network = ModelLoader.LoadTransformer(
            table.HyperParameters(), Lora.Merge(table, lora is null ? null : TorchCheckpoint.Read(Goldens.File(lora))));
        network.eval();
        return network;
    }

    /// <summary>The codec's entries, as a generator takes them.</summary>
    public static Tensor Entries(int codebooks)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var codec = Codec();
        return TokenCodec.EntriesOf(codec, codebooks).MoveToOuterDisposeScope();
    }

    /// <param name="name">coarse or c2f</param>
    public static TokenGenerator Generator(string name)
    {
        using var scope = NewDisposeScope();
        using var codec = Codec();
        return new TokenGenerator(
            Transformer(name), TokenCodec.EntriesOf(codec, codec.Quantizer.Quantizers.Count), FrameRate.VampNet.ToFrames(3), CPU);
    }

    /// <summary>Item <paramref name="item"/> of an array (…, codebooks, frames) of tokens.</summary>
    public static TokenGrid Grid(string name, int item = 0)
    {
        var golden = Goldens.Array(name);
        var (codebooks, frames) = (golden.Shape[^2], golden.Shape[^1]);
        return new TokenGrid(codebooks, frames, golden.Codes.AsSpan(item * codebooks * frames, codebooks * frames).ToArray());
    }

    /// <summary>Item <paramref name="item"/> of an array (…, codebooks, frames) of flags.</summary>
    public static TokenMask Mask(string name, int item = 0)
    {
        var golden = Goldens.Array(name);
        var (codebooks, frames) = (golden.Shape[^2], golden.Shape[^1]);
        return new TokenMask(codebooks, frames, golden.Flags.AsSpan(item * codebooks * frames, codebooks * frames).ToArray());
    }
}
