namespace VampNet.Model.Checkpoints;

/// <summary>
/// Low-rank adapters (Hu et al. 2021) of the reference: <c>x.lora_A</c> (rank, in) and <c>x.lora_B</c> (out, rank)
/// beside <c>x.weight</c> (out, in), with alpha 1, so that the weight in use is W + B·A / rank.
/// </summary>
public static class Lora
{
    private const string SuffixA = ".lora_A";

    private const string SuffixB = ".lora_B";

    /// <summary>The weights with all adapters merged in and none left.</summary>
    /// <param name="adapter">a LoRA file, whose adapters replace those beside the weights; null = only the latter</param>
    /// <exception cref="CheckpointException">no adapter in the LoRA file, half an adapter, one without its weight, or sizes that do not fit</exception>
    public static TensorTable Merge(TensorTable weights, TensorTable? adapter = null)
    {
        if (adapter is not null && !adapter.Tensors.Keys.Any(IsAdapter))
            throw new CheckpointException(adapter.Source, "is not a LoRA file: it holds no adapter");
        var merged = new OrderedDictionary<string, RawTensor>(weights.Tensors.Where(t => !IsAdapter(t.Key)));
        var sources = adapter is null ? [weights] : new[] { adapter, weights };
        var done = new HashSet<string>();
        foreach (var source in sources)
        {
            foreach (var key in source.Tensors.Keys.Where(IsAdapter))
            {
                var layer = key[..^SuffixA.Length];
                if (!done.Add(layer))
                    continue;
                if (!merged.TryGetValue(layer + ".weight", out var weight))
                    throw new CheckpointException(source.Source, $"tensor '{key}' has no '{layer}.weight' in {weights.Source}");
                merged[layer + ".weight"] = Merge(weight, source[layer + SuffixA], source[layer + SuffixB], layer, source.Source);
            }
        }
        return new TensorTable(weights.Source, merged, weights.Metadata);
    }

    private static RawTensor Merge(RawTensor weight, RawTensor a, RawTensor b, string layer, string source)
    {
        if (weight.Shape is not [var rows, var columns] || a.Shape is not [> 0 and var rank, _] || !a.Shape.SequenceEqual([rank, columns]) || !b.Shape.SequenceEqual([rows, rank]))
            throw new CheckpointException(source, $"tensors '{layer}.lora_A' {a} and '.lora_B' {b} do not fit '.weight' {weight}");
        var (result, down, up) = (weight.ToFloats(), a.ToFloats(), b.ToFloats());
        for (long row = 0; row < rows; row++)
        {
            var into = result.AsSpan((int)(row * columns), (int)columns);
            for (long r = 0; r < rank; r++)
            {
                var factor = up[row * rank + r] / rank;
                var from = down.AsSpan((int)(r * columns), (int)columns);
                for (var i = 0; i < into.Length; i++)
                    into[i] += factor * from[i];
            }
        }
        return RawTensor.FromFloats(result, rows, columns);
    }

    private static bool IsAdapter(string name) =>
        name.EndsWith(SuffixA, StringComparison.Ordinal) || name.EndsWith(SuffixB, StringComparison.Ordinal);
}
