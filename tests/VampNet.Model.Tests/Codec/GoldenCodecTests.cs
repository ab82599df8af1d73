using VampNet.Core.Tokens;
using VampNet.Model.Codec;
using VampNet.Testing;
using Xunit;
using static TorchSharp.torch;
using static VampNet.Testing.GoldenTensors;

namespace VampNet.Model.Tests.Codec;

/// <summary>The LAC codec against the reference, layer by layer and end to end.</summary>
[Collection(TorchTests.Name)]
public sealed class GoldenCodecTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly IDisposable _frozen = no_grad();
    private readonly ConvolutionalCodec _codec = GoldenModels.Codec();

    public void Dispose()
    {
        _codec.Dispose();
        _frozen.Dispose();
        _scope.Dispose();
    }

    [Fact]
    public void The_encoder_is_the_references_layer_by_layer()
    {
        var audio = PaddedAudio();
        var (first, last) = (Goldens.Array("codec_enc_block1"), Goldens.Array("codec_enc_block4"));
        AssertClose(first.Name, first.Floats, Values(_codec.EncodePartly(audio, 2).narrow(2, 0, first.Shape[2])), LogitTolerance);
        AssertClose(last.Name, last.Floats, Values(_codec.EncodePartly(audio, 5)), LogitTolerance);
        AssertClose("codec_z_pre", _codec.Encode(audio).Whole, LogitTolerance);
    }

    [Fact]
    public void The_quantiser_is_the_references()
    {
        var quantization = _codec.Quantizer.Quantize(new Encoding(Tensor("codec_z_pre")));
        AssertClose("codec_latents", quantization.Latents, LogitTolerance);
        AssertClose("codec_z_q", quantization.Quantized, LogitTolerance);
        AssertCodes("codec_codes", quantization.Codes);
        AssertClose("codec_from_codes_z", _codec.Quantizer.FromCodes(Tensor("codec_codes")), LogitTolerance);
    }

    [Fact]
    public void The_decoder_is_the_references()
    {
        AssertClose("codec_dec_block1", _codec.DecodePartly(Tensor("codec_z_q"), 2), LogitTolerance);
        var expected = Goldens.Array("codec_decode_audio");
        AssertClose(expected.Name, expected.Floats, Values(_codec.Decode(Tensor("codec_z_q"))).AsSpan(0, expected.Count), AudioTolerance);
    }

    [Fact, NoTensorLeaks]
    public void Audio_to_tokens_and_back()
    {
        using var codec = new TokenCodec(GoldenModels.Codec(), CPU);
        var tokens = codec.Encode(Goldens.Array("codec_in_audio").Floats);
        AssertCodes("codec_codes", tokens);
        var golden = GoldenModels.Grid("codec_codes");
        AssertClose(
            "codec_decode_from_codes_audio", Goldens.Array("codec_decode_from_codes_audio").Floats, codec.Decode(golden), AudioTolerance);
        AssertClose(
            "codec_decode4_audio", Goldens.Array("codec_decode4_audio").Floats, codec.Decode(golden.TakeCodebooks(4)), AudioTolerance);
    }

    /// <summary>Interface.encode on preprocessed audio, Interface.decode on generated tokens.</summary>
    [Fact, NoTensorLeaks]
    public void The_codec_behind_arrays_is_the_references()
    {
        using var codec = new TokenCodec(GoldenModels.Codec(), CPU);
        Assert.Equal(GoldenModels.Grid("itf_encode_codes").Data.ToArray(), codec.Encode(Goldens.Array("pre_out").Floats).Data.ToArray());
        var expected = Goldens.Array("itf_decode_audio");
        var tokens = GoldenModels.Grid("itf_c2f").SliceFrames(0, expected.Count / codec.Hop);
        AssertClose(expected.Name, expected.Floats, codec.Decode(tokens), AudioTolerance);
    }

    private Tensor PaddedAudio()
    {
        var samples = Goldens.Array("codec_in_audio").Floats;
        Array.Resize(ref samples, (samples.Length + _codec.Hop - 1) / _codec.Hop * _codec.Hop);
        return tensor(samples).unsqueeze(0);
    }

    /// <summary>
    /// Codes are the same, except where the reference itself was undecided by less than 1e-5; what follows such a place
    /// in later codebooks of the frame codes another residual.
    /// </summary>
    private static void AssertCodes(string name, TokenGrid actual)
    {
        var (expected, margins) = (GoldenModels.Grid(name), Goldens.Array("codec_code_margin").Floats);
        Assert.Equal((expected.Codebooks, expected.Frames), (actual.Codebooks, actual.Frames));
        for (var t = 0; t < expected.Frames; t++)
        {
            for (var c = 0; c < expected.Codebooks; c++)
            {
                if (expected[c, t] == actual[c, t])
                    continue;
                var margin = margins[c * expected.Frames + t];
                Assert.True(
                    margin < 1e-5, $"{name}: codebook {c}, frame {t} is {actual[c, t]}, expected {expected[c, t]} by a margin of {margin}");
                break;
            }
        }
    }

    private static void AssertCodes(string name, Tensor actual) =>
        AssertCodes(name, new TokenGrid((int)actual.size(1), (int)actual.size(2), Array.ConvertAll(Integers(actual), c => (ushort)c)));
}
