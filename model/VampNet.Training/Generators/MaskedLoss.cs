using static TorchSharp.torch;

namespace VampNet.Training.Generators;

/// <summary>Cross-entropy on hidden tokens (paper 4.2).</summary>
public static class MaskedLoss
{
    /// <summary>The paper's and the reference's.</summary>
    public const double LabelSmoothing = 0.1;

    /// <summary>Target of a token that is visible and does not count.</summary>
    public const long Ignored = -100;

    /// <param name="logits">(batch, positions, vocabulary)</param>
    /// <param name="target">(batch, positions), int64; <see cref="Ignored"/> where visible</param>
    /// <returns>mean over the hidden positions, in nats</returns>
    public static Tensor Compute(Tensor logits, Tensor target, double labelSmoothing) =>
        nn.functional.cross_entropy(logits.flatten(0, 1), target.flatten(), ignore_index: Ignored, label_smoothing: labelSmoothing);
}
