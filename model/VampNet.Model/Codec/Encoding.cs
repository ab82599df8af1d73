using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Model.Codec;

/// <summary>What an encoder makes of audio, for the quantiser.</summary>
/// <param name="Outline">what every codebook may code, (batch, dimension, frames)</param>
/// <param name="Detail">what is added for the codebooks of the fine model alone; null = nothing</param>
public sealed record Encoding(Tensor Outline, Tensor? Detail = null)
{
    /// <summary>What a decoder gets where nothing is quantised, (batch, dimension, frames).</summary>
    public Tensor Whole => Detail is null ? Outline : Outline.Plus(Detail);
}
