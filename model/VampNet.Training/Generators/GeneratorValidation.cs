using VampNet.Core.Prompts;
using VampNet.Core.Tokens;
using VampNet.Model.Layers;
using VampNet.Model.Transformer;
using VampNet.Training.Data;
using static TorchSharp.torch;

namespace VampNet.Training.Generators;

/// <summary>
/// Measures a generator on held-out tracks: at three mask ratios, and where all but a prompt is hidden (every 16th frame, the
/// first codebook, the first and the last quarter). Beside it the best that can be done without looking at the other tokens:
/// always guessing by how often each code occurs in training (unigram).
/// </summary>
public sealed class GeneratorValidation : IDisposable
{
    private const int PerForward = 4;

    private static readonly (string Name, Func<int, int, TokenMask> Prompt, double Ratio)[] s_masks =
    [
        ("0.3", Masks.Full, 0.3), ("0.6", Masks.Full, 0.6), ("0.9", Masks.Full, 0.9),
        ("P16", (codebooks, frames) => Masks.Periodic(codebooks, frames, 16), 1),
        ("Nk1", (codebooks, frames) => Masks.Full(codebooks, frames).ShowCodebooks(1), 1),
        ("gap", (codebooks, frames) => Masks.Inpaint(codebooks, frames, frames / 4, frames / 4), 1),
    ];

    private readonly VampNetTransformer _network;
    private readonly Tensor _codebooks;
    private readonly (string Name, MaskedBatch Batch)[] _batches;
    private readonly (double Loss, double Accuracy)[] _unigram; // per mask

    /// <param name="count">sequences, spread evenly over the held-out tracks</param>
    public GeneratorValidation(VampNetTransformer network, Tensor codebooks, TokenLibrary tokens, int frames, Device device, int count = 24)
    {
        (_network, _codebooks) = (network, codebooks);
        (frames, var grids) = TokenLibrary.LongEnough(tokens.HeldOut, frames);
        var places = new Excerpts([.. grids.Select(t => (long)t.Frames)]).Spread(count, frames);
        var sequences = places.Select(p => grids[p.Track].SliceFrames((int)p.Start, frames)).ToArray();
        _batches = [.. s_masks.SelectMany(mask => sequences.Chunk(PerForward).Select((chunk, i) =>
            (mask.Name,
                MaskedBatch.Create(
                    chunk, network.Options, _ => mask.Prompt(network.Options.Codebooks, frames), _ => mask.Ratio, new Random(i),
                    device))))];
        foreach (var (_, batch) in _batches)
        {
            batch.Input.DetachFromDisposeScope();
            batch.Target.DetachFromDisposeScope();
        }
        var unigram = new Unigram(tokens.Training, network.Options);
        _unigram = [.. s_masks.Select(mask => unigram.Measure(TargetsOf(mask.Name)))];
    }

    /// <summary>Loss in nats and top-1 accuracy by mask, and the unigram's.</summary>
    public IReadOnlyList<(string Name, double Value)> Measure()
    {
        using var frozen = no_grad();
        _network.eval();
        var results = new List<(string, double)>();
        foreach (var (mask, (unigramLoss, unigramAccuracy)) in s_masks.Select(m => m.Name).Zip(_unigram))
        {
            double loss = 0, correct = 0, hidden = 0;
            foreach (var (_, batch) in _batches.Where(b => b.Name == mask))
            {
                using var scope = NewDisposeScope();
                var logits = _network.Forward(_network.Embed(batch.Input, _codebooks));
                var here = batch.Target.IsNot(MaskedLoss.Ignored);
                var count = (long)here.sum().Number();
                loss += MaskedLoss.Compute(logits, batch.Target, 0).Number() * count;
                correct += (long)logits.argmax(-1).eq(batch.Target).logical_and(here).sum().Number();
                hidden += count;
            }
            results.AddRange(
                [($"loss@{mask}", loss / hidden), ($"top1@{mask}", correct / hidden), ($"unigramLoss@{mask}", unigramLoss),
                ($"unigramTop1@{mask}", unigramAccuracy)]);
        }
        return results;
    }

    public void Dispose()
    {
        foreach (var (_, batch) in _batches)
            batch.Dispose();
    }

    private IEnumerable<long[]> TargetsOf(string mask)
    {
        foreach (var (_, batch) in _batches.Where(b => b.Name == mask))
        {
            using var target = batch.Target.cpu();
            yield return target.Elements<long>();
        }
    }
}

/// <summary>How often each code occurs, codebook by codebook.</summary>
internal sealed class Unigram
{
    private readonly double[][] _probabilities; // (predicted codebooks, vocabulary)

    public Unigram(IReadOnlyList<TokenGrid> tracks, VampNetOptions model)
    {
        _probabilities = [.. Enumerable.Range(model.ConditioningCodebooks, model.PredictedCodebooks).Select(c =>
        {
            var counts = Enumerable.Repeat(1.0, model.Vocabulary).ToArray(); // one more than seen: an unseen code is not impossible
            foreach (var track in tracks)
            {
                foreach (var code in track.Codebook(c))
                    counts[code]++;
            }
            var total = counts.Sum();
            return counts.Select(n => n / total).ToArray();
        })];
    }

    /// <param name="targets">as in <see cref="MaskedBatch.Target"/></param>
    public (double Loss, double Accuracy) Measure(IEnumerable<long[]> targets)
    {
        var likeliest = _probabilities.Select(p => (long)Array.IndexOf(p, p.Max())).ToArray();
        double loss = 0, correct = 0, count = 0;
        foreach (var batch in targets)
        {
            for (var i = 0; i < batch.Length; i++)
            {
                if (batch[i] == MaskedLoss.Ignored)
                    continue;
                var codebook = i % _probabilities.Length;
                loss -= Math.Log(_probabilities[codebook][batch[i]]);
                correct += batch[i] == likeliest[codebook] ? 1 : 0;
                count++;
            }
        }
        return (loss / count, correct / count);
    }
}
