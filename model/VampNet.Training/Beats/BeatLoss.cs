using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Training.Beats;

/// <summary>
/// WaveBeat's loss (Steinmetz and Reiss 2021, 3.3): binary cross-entropy of frames with and without a beat apart, so that the
/// few with one count as much; ½((p + n)² + (p − n)²) = p² + n² for beats and downbeats each.
/// </summary>
internal static class BeatLoss
{
    /// <param name="logits">(batch, 2, frames): beats, downbeats</param>
    /// <param name="target">as the logits, 1 where a beat is</param>
    /// <returns>scalar</returns>
    public static Tensor Compute(Tensor logits, Tensor target)
    {
        var error = (logits.AtLeast(0.0) - logits * target).Plus(logits.abs().neg().exp().log1p()); // cross-entropy, (batch, 2, frames)
        return Mean(error, target).Squared().Plus(Mean(error, target.neg().Plus(1)).Squared()).sum();
    }

    /// <summary>Mean over the frames that count, 0 where none does; (2).</summary>
    private static Tensor Mean(Tensor error, Tensor counts) => (error * counts).sum([0, 2]) / counts.sum([0, 2]).AtLeast(1.0);
}
