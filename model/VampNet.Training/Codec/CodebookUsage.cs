using VampNet.Model.Codec;
using static TorchSharp.torch;

namespace VampNet.Training.Codec;

/// <summary>Counts which entries a codebook uses and moves those that nobody chose to where the data is.</summary>
internal sealed class CodebookUsage(ResidualQuantizer rvq)
{
    private const int Period = 50; // steps between two revivals
    private readonly long[][] _counts = [.. rvq.Quantizers.Select(q => new long[q.Codebook.Weight.size(0)])];
    private float[][]? _latents; // per codebook, the last batch's latents (items, d), row by row
    private int _steps;

    /// <summary>Takes note of one batch.</summary>
    public void Count(Quantization result)
    {
        _steps++;
        var codes = result.Codes.cpu().data<long>().ToArray();
        var (batch, books, frames) = ((int)result.Codes.size(0), _counts.Length, (int)result.Codes.size(2));
        for (var b = 0; b < batch; b++)
        {
            for (var c = 0; c < books; c++)
            {
                foreach (var code in codes.AsSpan((b * books + c) * frames, frames))
                    _counts[c][code]++;
            }
        }
        if (_steps % Period == 0)
            _latents = [.. result.Latents.detach().chunk(books, 1).Select(l => l.transpose(1, 2).contiguous().cpu().data<float>().ToArray())];
    }

    /// <summary>Every <see cref="Period"/> steps: entries unused since the last time become random latents of the last batch.</summary>
    /// <returns>how many were moved</returns>
    public int ReviveDead(Random random)
    {
        if (_latents is null)
            return 0;
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var revived = 0;
        for (var c = 0; c < _counts.Length; c++)
        {
            var weight = rvq.Quantizers[c].Codebook.Weight;
            var d = (int)weight.size(1);
            var dead = Enumerable.Range(0, _counts[c].Length).Where(i => _counts[c][i] == 0).Select(i => (long)i).ToArray();
            if (dead.Length > 0)
            {
                var latents = _latents[c];
                var replacements = dead.SelectMany(_ => latents.AsSpan(random.Next(latents.Length / d) * d, d).ToArray()).ToArray();
                weight.index_copy_(0, tensor(dead).to(weight.device), tensor(replacements, [dead.Length, d], device: weight.device));
                revived += dead.Length;
            }
            Array.Clear(_counts[c]);
        }
        _latents = null;
        return revived;
    }
}
