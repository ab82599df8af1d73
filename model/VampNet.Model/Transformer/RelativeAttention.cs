using TorchSharp.Modules;
using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Model.Transformer;

/// <summary>Bidirectional self-attention with T5's bucketed relative bias (Raffel et al. 2020), which all layers share.</summary>
internal sealed class RelativeAttention : nn.Module<Tensor, IReadOnlyList<AttentionGroup>, Tensor>
{
    private readonly int _heads;
    private readonly double _dropout;
    private readonly LowRankLinear _query, _key, _value, _out;
    private readonly Parameter? _bias; // (buckets, heads), in the first layer only

    public RelativeAttention(VampNetOptions options, bool ownsBias)
        : base(nameof(RelativeAttention))
    {
        (_heads, _dropout) = (options.Heads, options.Dropout);
        var d = options.Dimension;
        register_module("w_qs", _query = new LowRankLinear(d, d, options.LoraRank));
        register_module("w_ks", _key = new LowRankLinear(d, d, 0)); // the reference adapts all but the keys
        register_module("w_vs", _value = new LowRankLinear(d, d, options.LoraRank));
        register_module("fc", _out = new LowRankLinear(d, d, options.LoraRank));
        if (ownsBias)
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            _bias = nn.Parameter(randn(PositionBuckets.Count, options.Heads).mul_(0.1));
            register_parameter("relative_attention_bias.weight", _bias);
        }
    }

    /// <summary>Bias on the scores, (1, heads, query, key).</summary>
    public Tensor PositionBias(long frames)
    {
        if (_bias is null)
            throw new InvalidOperationException("only the first layer owns the position bias");
        var buckets = tensor(PositionBuckets.Grid((int)frames), [frames * frames]).to(_bias.device);
        return _bias.index_select(0, buckets).view(frames, frames, _heads).permute(2, 0, 1).unsqueeze(0);
    }

    /// <param name="x">(rows, dimension): the frames of all sequences, one after the other</param>
    /// <param name="groups">the sequences; together all rows</param>
    public override Tensor forward(Tensor x, IReadOnlyList<AttentionGroup> groups)
    {
        var (q, k, v) = (_query.forward(x), _key.forward(x), _value.forward(x)); // (rows, dimension)
        var mixed = groups.Select(group => Attend(group, q, k, v)).ToList();
        return _out.forward(mixed.Count == 1 ? mixed[0] : cat(mixed, 0));
    }

    /// <summary>Sequences see themselves only; those of one length go together.</summary>
    private Tensor Attend(AttentionGroup group, Tensor q, Tensor k, Tensor v)
    {
        var d = q.size(1);
        var scores = (Split(q) * (1 / Math.Sqrt(d / _heads))).matmul(Split(k).transpose(-1, -2)) + group.Bias; // (sequences, heads, frames, frames)
        var weights = nn.functional.dropout(scores.softmax(-1), _dropout, training);
        return weights.matmul(Split(v)).transpose(1, 2).reshape(group.Rows, d);

        Tensor Split(Tensor y) => y.narrow(0, group.FirstRow, group.Rows).view(group.Sequences, group.Frames, _heads, d / _heads).transpose(1, 2);
    }
}

/// <summary>Relative positions to buckets: exact when near, logarithmic when far, one half for each direction.</summary>
public static class PositionBuckets
{
    /// <summary>Number of buckets.</summary>
    public const int Count = 32;

    private const int PerSide = Count / 2, Exact = PerSide / 2, MaxDistance = 128;

    /// <param name="relative">key position − query position, in frames</param>
    public static int Of(int relative)
    {
        var side = relative > 0 ? PerSide : 0;
        var distance = Math.Abs(relative);
        if (distance < Exact)
            return side + distance;
        // In float32, as the reference computes it: at the borders rounding decides the bucket.
        var logarithmic = (int)(MathF.Log((float)distance / Exact) / (float)Math.Log((double)MaxDistance / Exact) * (PerSide - Exact));
        return side + Math.Min(Exact + logarithmic, PerSide - 1);
    }

    /// <summary>Buckets of all pairs, row = query, column = key.</summary>
    internal static long[] Grid(int frames)
    {
        var byDistance = Enumerable.Range(-frames + 1, Math.Max(0, 2 * frames - 1)).Select(r => (long)Of(r)).ToArray();
        var grid = new long[frames * frames];
        for (var q = 0; q < frames; q++)
            byDistance.AsSpan(frames - 1 - q, frames).CopyTo(grid.AsSpan(q * frames));
        return grid;
    }
}
