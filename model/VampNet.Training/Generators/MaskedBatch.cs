using VampNet.Core.Tokens;
using VampNet.Model.Transformer;
using static TorchSharp.torch;

namespace VampNet.Training.Generators;

/// <summary>A batch of token sequences, part of them hidden.</summary>
/// <param name="Input">(batch, codebooks, frames), int64, MASK where hidden</param>
/// <param name="Target">(batch, frames · predicted codebooks), int64, <see cref="MaskedLoss.Ignored"/> where visible</param>
internal sealed record MaskedBatch(Tensor Input, Tensor Target) : IDisposable
{
    /// <param name="sequences">all of the same length; further codebooks than the model's are dropped</param>
    /// <param name="prompt">shows tokens of sequence i that are to be kept, whatever the ratio; true = may be hidden</param>
    /// <param name="maskRatio">probability that any other token of sequence i is hidden</param>
    public static MaskedBatch Create(
        IReadOnlyList<TokenGrid> sequences, VampNetOptions model, Func<int, TokenMask> prompt, Func<int, double> maskRatio, Random random,
        Device device)
    {
        var (batch, frames, predicted) = (sequences.Count, sequences[0].Frames, model.PredictedCodebooks);
        var input = new long[batch * model.Codebooks * frames];
        var target = new long[batch * frames * predicted];
        Array.Fill(target, MaskedLoss.Ignored);
        for (var b = 0; b < batch; b++)
        {
            var (ratio, mayHide, anyHidden) = (maskRatio(b), prompt(b), false);
            for (var c = 0; c < model.Codebooks; c++)
            {
                for (var t = 0; t < frames; t++)
                {
                    input[(b * model.Codebooks + c) * frames + t] = sequences[b][c, t];
                    if (c < model.ConditioningCodebooks || random.NextDouble() >= ratio || !mayHide[c, t])
                        continue;
                    Hide(b, c, t);
                    anyHidden = true;
                }
            }
            if (!anyHidden) // a batch with nothing hidden would have no loss
                Hide(b, random.Next(model.ConditioningCodebooks, model.Codebooks), random.Next(frames));
        }
        return new MaskedBatch(
            tensor(input, [batch, model.Codebooks, frames], device: device), tensor(target, [batch, frames * predicted], device: device));

        void Hide(int b, int c, int t)
        {
            input[(b * model.Codebooks + c) * frames + t] = TokenGrid.Mask;
            target[(b * frames + t) * predicted + c - model.ConditioningCodebooks] = sequences[b][c, t];
        }
    }

    public void Dispose()
    {
        Input.Dispose();
        Target.Dispose();
    }
}

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
