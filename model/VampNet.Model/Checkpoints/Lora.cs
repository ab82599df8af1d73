using System.Numerics;
using System.Runtime.InteropServices;

namespace VampNet.Model.Checkpoints;

/// <summary>
/// Low-rank adapters (Hu et al. 2021) of the reference: <c>x.lora_A</c> (rank, in) and <c>x.lora_B</c> (out, rank)
/// beside <c>x.weight</c> (out, in), with alpha 1, so that the weight in use is W + B·A / rank.
/// </summary>
public static class Lora
{
    /// <summary>Ends of the names of the two halves.</summary>
    public const string SuffixA = ".lora_A", SuffixB = ".lora_B";

    /// <summary>The weights with all adapters merged in and none left.</summary>
    /// <param name="adapter">
    /// a fine-tuning: low-rank adapters, which replace those beside the weights, and whole tensors, which replace them;
    /// null = none
    /// </param>
    /// <exception cref="CheckpointException">
    /// half an adapter, one without its weight, a tensor that is not in the weights, or sizes that do not fit
    /// </exception>
    public static TensorTable Merge(TensorTable weights, TensorTable? adapter = null)
    {
        var merged = new OrderedDictionary<string, RawTensor>(weights.Tensors.Where(t => !IsAdapter(t.Key)));
        foreach (var (name, tensor) in adapter?.Tensors.Where(t => !IsAdapter(t.Key)) ?? [])
            merged[name] = Replace(weights, adapter!.Source, name, tensor);
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

    /// <summary>
    /// What a fine-tuning changes: its low-rank adapters, and of a whole checkpoint also the tensors that are not those
    /// of the weights. Merging this gives what merging all of it would.
    /// </summary>
    /// <exception cref="CheckpointException">it does not fit the weights, or changes nothing</exception>
    public static TensorTable Changes(TensorTable weights, TensorTable tuned)
    {
        Merge(weights, tuned); // does it fit?
        var changed = tuned.Tensors.Where(
            t => !weights.TryGet(t.Key, out var own) || own.Type != t.Value.Type || !own.Data.Span.SequenceEqual(t.Value.Data.Span))
            .Select(t => t.Key).ToHashSet();
        // Half an adapter would not merge: where one half is as before, the other keeps it in place.
        var layers = changed.Where(IsAdapter).Select(name => name[..^SuffixA.Length]).ToHashSet();
        var kept = tuned.Tensors.Where(t => IsAdapter(t.Key) ? layers.Contains(t.Key[..^SuffixA.Length]) : changed.Contains(t.Key));
        var table = new TensorTable(tuned.Source, new OrderedDictionary<string, RawTensor>(kept), new Dictionary<string, string>());
        return table.Tensors.Count > 0
            ? table
            : throw new CheckpointException(tuned.Source, $"holds nothing that {weights.Source} does not");
    }

    /// <summary>Whether a parameter of this name is half a low-rank adapter.</summary>
    public static bool IsAdapter(string name) =>
        name.EndsWith(SuffixA, StringComparison.Ordinal) || name.EndsWith(SuffixB, StringComparison.Ordinal);

    private static RawTensor Replace(TensorTable weights, string source, string name, RawTensor tensor)
    {
        if (!weights.TryGet(name, out var own))
            throw new CheckpointException(source, $"tensor '{name}' is no adapter, and {weights.Source} has no tensor of that name");
        return own.Shape.SequenceEqual(tensor.Shape)
            ? tensor
            : throw new CheckpointException(source, $"tensor '{name}' is {tensor}, {weights.Source} has {own}");
    }

    private static RawTensor Merge(RawTensor weight, RawTensor a, RawTensor b, string layer, string source)
    {
        if (weight.Shape is not [var rows, var columns] || a.Shape is not [> 0 and var rank, _] || !a.Shape.SequenceEqual([rank, columns])
            || !b.Shape.SequenceEqual([rows, rank]))
            throw new CheckpointException(source, $"tensors '{layer}.lora_A' {a} and '.lora_B' {b} do not fit '.weight' {weight}");
        // Of a big model this is most of its memory: one copy, changed in place.
        var data = weight.Type == ElementType.F32 ? weight.Data.ToArray() : MemoryMarshal.AsBytes(weight.ToFloats().AsSpan()).ToArray();
        var result = MemoryMarshal.Cast<byte, float>(data.AsSpan());
        var (down, up) = (a.ToFloats(), b.ToFloats());
        for (long row = 0; row < rows; row++)
        {
            var into = result.Slice((int)(row * columns), (int)columns);
            for (long r = 0; r < rank; r++)
                AddScaled(into, down.AsSpan((int)(r * columns), (int)columns), up[row * rank + r] / rank);
        }
        return new RawTensor(ElementType.F32, weight.Shape, data);
    }

    /// <summary>into += factor · from; a product and a sum each, so that every machine rounds alike.</summary>
    private static void AddScaled(Span<float> into, ReadOnlySpan<float> from, float factor)
    {
        var at = 0;
        for (; at <= into.Length - Vector<float>.Count; at += Vector<float>.Count)
            (new Vector<float>(into[at..]) + factor * new Vector<float>(from[at..])).CopyTo(into[at..]);
        for (; at < into.Length; at++)
            into[at] += factor * from[at];
    }
}
