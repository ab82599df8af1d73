using VampNet.Model.Codec;
using VampNet.Testing;
using Xunit;
using static TorchSharp.torch;

namespace VampNet.Model.Tests.Codec;

[Collection(TorchTests.Name)]
[NoTensorLeaks]
public class FreshCodecTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void A_codec_in_the_shape_of_dac_starts_neither_saturated_nor_silent(int width)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        random.manual_seed(1);
        using var codec = new ConvolutionalCodec(ConvolutionalCodecOptions.OfWidth(width), fusion: false);
        codec.eval();
        var level = codec.Decode(codec.Encode(randn(1, 8 * codec.Hop) * 0.06).Whole).square().mean().sqrt().item<float>();
        Assert.InRange(level, 1e-3, 0.5); // tanh lets through at most 1
    }
}
