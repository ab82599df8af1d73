using VampNet.Model.Codec;
using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Training.Codec;

/// <summary>Counts which entries a codebook uses and moves those that nobody chose to where the data is.</summary>
internal sealed class CodebookUsage(ResidualQuantizer rvq)
{
    private const int Period = 50; // steps between two revivals
    private readonly long[][] _counts = [.. rvq.Quantizers.Select(q => new long[q.Codebook.Weight.size(0)])];
    private int _steps;

    /// <summary>
    /// Takes note of one batch; every <see cref="Period"/> batches, entries unused since the last time become random latents of this one.
    /// </summary>
    /// <returns>how many were moved</returns>
    public int Update(Quantization result, Random random)
    {
        Count(result.Codes);
        return ++_steps % Period == 0 ? Revive(result.Latents, random) : 0;
    }

    /// <summary>Writes what a resumed run needs to revive what an undisturbed one would.</summary>
    public void Save(BinaryWriter writer)
    {
        writer.Write(_steps);
        foreach (var count in _counts.SelectMany(counts => counts))
            writer.Write(count);
    }

    /// <summary>Reads what <see cref="Save"/> wrote for a quantiser of the same size.</summary>
    public void Load(BinaryReader reader)
    {
        _steps = reader.ReadInt32();
        foreach (var counts in _counts)
        {
            for (var i = 0; i < counts.Length; i++)
                counts[i] = reader.ReadInt64();
        }
    }

    private void Count(Tensor batch)
    {
        var codes = batch.Elements<long>();
        var (items, books, frames) = ((int)batch.size(0), _counts.Length, (int)batch.size(2));
        for (var i = 0; i < items; i++)
        {
            for (var c = 0; c < books; c++)
            {
                foreach (var code in codes.AsSpan((i * books + c) * frames, frames))
                    _counts[c][code]++;
            }
        }
    }

    private int Revive(Tensor batch, Random random)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var latents = batch.detach().chunk(_counts.Length, 1); // (items, d, frames) each
        var revived = 0;
        for (var c = rvq.OutlineCodebooks; c < _counts.Length; c++) // those of the outline stay
        {
            var weight = rvq.Quantizers[c].Codebook.Weight;
            var rows = latents[c].transpose(1, 2).flatten(0, 1); // (items · frames, d)
            var dead = Enumerable.Range(0, _counts[c].Length).Where(i => _counts[c][i] == 0).Select(i => (long)i).ToArray();
            if (dead.Length > 0)
            {
                var chosen = Array.ConvertAll(dead, _ => random.NextInt64(rows.size(0)));
                weight.index_copy_(0, tensor(dead).to(weight.device), rows.index_select(0, tensor(chosen).to(rows.device)));
                revived += dead.Length;
            }
            Array.Clear(_counts[c]);
        }
        return revived;
    }
}
