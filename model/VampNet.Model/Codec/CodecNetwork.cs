using TorchSharp.Utils;
using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Model.Codec;

/// <summary>What every codec family is made of: an encoder, residual codebooks and a decoder (paper 3.1).</summary>
public abstract class CodecNetwork : nn.Module
{
    private protected CodecNetwork(string name, int sampleRate, int hop, ResidualQuantizer quantizer)
        : base(name)
    {
        (SampleRate, Hop, Quantizer) = (sampleRate, hop, quantizer);
    }

    /// <summary>Whether a parameter changes the sound of tokens and no token.</summary>
    public static bool IsDecoders(string name) =>
        name.StartsWith("decoder.", StringComparison.Ordinal) || name.StartsWith("head.", StringComparison.Ordinal);

    /// <summary>In Hz.</summary>
    public int SampleRate { get; }

    /// <summary>Samples per frame.</summary>
    public int Hop { get; }

    [field: ComponentName(Name = "quantizer")]
    public ResidualQuantizer Quantizer { get; }

    /// <param name="audio">(batch, frames · hop)</param>
    public abstract Encoding Encode(Tensor audio);

    /// <param name="z">(batch, dimension, frames)</param>
    /// <returns>audio (batch, frames · hop)</returns>
    public abstract Tensor Decode(Tensor z);
}

/// <summary>What an encoder makes of audio, for the quantiser.</summary>
/// <param name="Outline">what every codebook may code, (batch, dimension, frames)</param>
/// <param name="Detail">what is added for the codebooks of the fine model alone; null = nothing</param>
public sealed record Encoding(Tensor Outline, Tensor? Detail = null)
{
    /// <summary>What a decoder gets where nothing is quantised, (batch, dimension, frames).</summary>
    public Tensor Whole => Detail is null ? Outline : Outline.Plus(Detail);
}
