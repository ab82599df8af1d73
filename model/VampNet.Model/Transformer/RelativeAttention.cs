using TorchSharp.Modules;
using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Model.Transformer;

/// <summary>Bidirectional self-attention with T5's bucketed relative bias (Raffel et al. 2020), which all layers share.</summary>
internal sealed class RelativeAttention : nn.Module<Tensor, Tensor, Tensor>
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

    /// <param name="x">(batch, frames, dimension)</param>
    /// <param name="bias">(1, heads, frames, frames)</param>
    public override Tensor forward(Tensor x, Tensor bias)
    {
        var (batch, frames, d) = (x.size(0), x.size(1), x.size(2));
        var (q, k, v) = (Split(_query.forward(x)), Split(_key.forward(x)), Split(_value.forward(x))); // (batch, heads, frames, d/heads)
        var scores = (q * (1 / Math.Sqrt(d / _heads))).matmul(k.transpose(-1, -2)) + bias; // (batch, heads, frames, frames)
        var weights = nn.functional.dropout(scores.softmax(-1), _dropout, training);
        return _out.forward(weights.matmul(v).transpose(1, 2).reshape(batch, frames, d));

        Tensor Split(Tensor y) => y.view(batch, frames, _heads, d / _heads).transpose(1, 2);
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
