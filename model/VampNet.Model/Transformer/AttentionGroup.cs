using static TorchSharp.torch;

namespace VampNet.Model.Transformer;

/// <summary>Sequences of one length within the rows of a batch.</summary>
/// <param name="FirstRow">where they begin</param>
/// <param name="Sequences">how many follow each other</param>
/// <param name="Frames">of each</param>
/// <param name="Bias">of their positions, (1, heads, frames, frames)</param>
internal sealed record AttentionGroup(long FirstRow, long Sequences, long Frames, Tensor Bias)
{
    public long Rows => Sequences * Frames;
}
