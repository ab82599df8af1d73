using TorchSharp.Modules;
using TorchSharp.Utils;
using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Model.Transformer;

/// <summary>Bidirectional self-attention with T5's bucketed relative bias (Raffel et al. 2020), which all layers share.</summary>
internal sealed class RelativeAttention : nn.Module<Tensor, IReadOnlyList<AttentionGroup>, Tensor>
{
    private readonly int _heads;
    private readonly double _dropout;
    private readonly MatrixProducts _products;

    [ComponentName(Name = "w_qs")]
    private readonly LowRankLinear _query;

    [ComponentName(Name = "w_ks")]
    private readonly LowRankLinear _key;

    [ComponentName(Name = "w_vs")]
    private readonly LowRankLinear _value;

    [ComponentName(Name = "fc")]
    private readonly LowRankLinear _out;

    [ComponentName(Name = "relative_attention_bias.weight")]
    private readonly Parameter? _bias; // (buckets, heads), in the first layer only

    public RelativeAttention(VampNetOptions options, bool ownsBias, MatrixProducts products)
        : base(nameof(RelativeAttention))
    {
        (_heads, _dropout, _products) = (options.Heads, options.Dropout, products);
        var d = options.Dimension;
        _query = new LowRankLinear(d, d, options.LoraRank, products);
        _key = new LowRankLinear(d, d, 0, products); // the reference adapts all but the keys
        _value = new LowRankLinear(d, d, options.LoraRank, products);
        _out = new LowRankLinear(d, d, options.LoraRank, products);
        if (ownsBias)
            _bias = Initial.Normal(0.1, PositionBuckets.Count, options.Heads);
        RegisterComponents();
    }

    private Parameter OwnBias => _bias ?? throw new InvalidOperationException("only the first layer owns the position bias");

    /// <summary>
    /// Sets the bias to fall with the distance, by another slope for each two heads (in the manner of ALiBi, Press et al.
    /// 2022), of which one looks back and one ahead.
    /// </summary>
    public void InitializeLocalBias()
    {
        const float Away = 2; // what the other direction loses
        var values = new float[PositionBuckets.Count * _heads];
        for (var distance = PositionBuckets.MaxDistance; distance >= 0; distance--) // the nearest of a bucket decides
        {
            for (var head = 0; head < _heads; head++)
            {
                var fall = -distance * MathF.Pow(4, -(head / 2));
                values[PositionBuckets.Of(-distance) * _heads + head] = fall - (head % 2 == 1 ? Away : 0);
                if (distance > 0)
                    values[PositionBuckets.Of(distance) * _heads + head] = fall - (head % 2 == 0 ? Away : 0);
            }
        }
        OwnBias.copy_(tensor(values, [PositionBuckets.Count, _heads]));
    }

    /// <summary>Bias on the scores, (1, heads, query, key).</summary>
    public Tensor PositionBias(long frames)
    {
        // One row a distance; the rows of the matrix are windows of them, from the last query to the first.
        // (2 frames - 1, heads)
        var byDistance = OwnBias.index_select(0, tensor(PositionBuckets.ByDistance((int)frames)).to(OwnBias.device));
        return byDistance.transpose(0, 1).contiguous().unfold(1, frames, 1).flip(1).unsqueeze(0);
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
        return _products.Attention(Split(q), Split(k), Split(v), group.Bias, training ? _dropout : 0).transpose(1, 2).reshape(
            group.Rows, d);

        // (sequences, heads, frames, dimension of a head)
        Tensor Split(Tensor y) =>
            y.narrow(0, group.FirstRow, group.Rows).view(group.Sequences, group.Frames, _heads, d / _heads).transpose(1, 2);
    }
}

/// <summary>Relative positions to buckets: exact when near, logarithmic when far, one half for each direction.</summary>
public static class PositionBuckets
{
    /// <summary>Number of buckets.</summary>
    public const int Count = 32;

    /// <summary>From here on all distances share a bucket.</summary>
    internal const int MaxDistance = 128;

    private const int PerSide = Count / 2, Exact = PerSide / 2;

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

    /// <summary>Buckets of the relative positions 1 − frames … frames − 1.</summary>
    internal static long[] ByDistance(int frames) =>
        [.. Enumerable.Range(1 - frames, Math.Max(0, 2 * frames - 1)).Select(relative => (long)Of(relative))];
}

/// <summary>Sequences of one length within the rows of a batch.</summary>
/// <param name="FirstRow">where they begin</param>
/// <param name="Sequences">how many follow each other</param>
/// <param name="Frames">of each</param>
/// <param name="Bias">of their positions, (1, heads, frames, frames)</param>
internal sealed record AttentionGroup(long FirstRow, long Sequences, long Frames, Tensor Bias)
{
    public long Rows => Sequences * Frames;
}
