using TorchSharp.Modules;
using TorchSharp.Utils;
using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Model.Transformer;

/// <summary>Bidirectional layers that share one relative position bias.</summary>
internal sealed class TransformerStack : nn.Module
{
    [ComponentName(Name = "layers")]
    private readonly ModuleList<TransformerLayer> _layers;

    [ComponentName(Name = "norm")]
    private readonly RmsNorm _norm;

    public TransformerStack(VampNetOptions options, MatrixProducts products)
        : base(nameof(TransformerStack))
    {
        _layers = nn.ModuleList(
            [.. Enumerable.Range(0, options.Layers).Select(i => new TransformerLayer(options, ownsBias: i == 0, products))]);
        _norm = new RmsNorm(options.Dimension);
        RegisterComponents();
    }

    /// <inheritdoc cref="RelativeAttention.InitializeLocalBias"/>
    public void InitializeLocalBias() => _layers[0].InitializeLocalBias();

    /// <param name="x">(rows, dimension): the frames of all sequences, one after the other</param>
    /// <param name="lengths">frames of each sequence</param>
    public Tensor Forward(Tensor x, IReadOnlyList<int> lengths, IList<Tensor>? activations) =>
        _norm.forward(Through(x, lengths, _layers.Count, activations));

    /// <summary>The residual stream after the first layers.</summary>
    /// <inheritdoc cref="Forward"/>
    public Tensor Through(Tensor x, IReadOnlyList<int> lengths, int layers, IList<Tensor>? activations = null)
    {
        var groups = Group(lengths);
        foreach (var layer in _layers.Take(layers))
        {
            using var scope = NewDisposeScope();
            x = layer.forward(x, groups).MoveToOuterDisposeScope();
            activations?.Add(x);
        }
        return x;
    }

    /// <summary>Neighbours of one length attend together.</summary>
    private List<AttentionGroup> Group(IReadOnlyList<int> lengths)
    {
        var groups = new List<AttentionGroup>();
        var row = 0L;
        for (var (i, count) = (0, 0); i < lengths.Count; i += count)
        {
            count = 1;
            while (i + count < lengths.Count && lengths[i + count] == lengths[i])
                count++;
            groups.Add(new AttentionGroup(row, count, lengths[i], _layers[0].PositionBias(lengths[i])));
            row += groups[^1].Rows;
        }
        return groups;
    }
}

/// <summary>Attention and feed-forward, each behind a norm and added to the stream.</summary>
internal sealed class TransformerLayer : nn.Module<Tensor, IReadOnlyList<AttentionGroup>, Tensor>
{
    [ComponentName(Name = "norm_1")]
    private readonly RmsNorm _attentionNorm;

    [ComponentName(Name = "self_attn")]
    private readonly RelativeAttention _attention;

    [ComponentName(Name = "norm_3")]
    private readonly RmsNorm _feedForwardNorm;

    [ComponentName(Name = "feed_forward")]
    private readonly FeedForward _feedForward;

    private readonly double _dropout;

    public TransformerLayer(VampNetOptions options, bool ownsBias, MatrixProducts products)
        : base(nameof(TransformerLayer))
    {
        _dropout = options.Dropout;
        _attentionNorm = new RmsNorm(options.Dimension);
        _attention = new RelativeAttention(options, ownsBias, products);
        _feedForwardNorm = new RmsNorm(options.Dimension);
        _feedForward = new FeedForward(options, products);
        RegisterComponents();
    }

    public void InitializeLocalBias() => _attention.InitializeLocalBias();

    public Tensor PositionBias(long frames) => _attention.PositionBias(frames);

    public override Tensor forward(Tensor x, IReadOnlyList<AttentionGroup> groups)
    {
        x = x.Plus(nn.functional.dropout(_attention.forward(_attentionNorm.forward(x), groups), _dropout, training));
        return x.Plus(nn.functional.dropout(_feedForward.forward(_feedForwardNorm.forward(x)), _dropout, training));
    }
}

/// <summary>Scales by the root mean square; no mean, no shift (Zhang and Sennrich 2019).</summary>
internal sealed class RmsNorm : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight; // (dimension)

    public RmsNorm(int dimension)
        : base(nameof(RmsNorm))
    {
        _weight = Initial.Constant(1, [dimension]);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        // In float32: how a reciprocal root is rounded in bfloat16 depends on where in the batch its row lies.
        var scale = x.to(float32).Squared().mean([-1], true).Plus(1e-6).rsqrt();
        return _weight * (x * scale.to(x.dtype));
    }
}

/// <summary>Two maps with a gated GELU between them.</summary>
internal sealed class FeedForward : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "w_1")]
    private readonly LowRankLinear _up;

    [ComponentName(Name = "w_2")]
    private readonly LowRankLinear _down;

    private readonly double _dropout;

    public FeedForward(VampNetOptions options, MatrixProducts products)
        : base(nameof(FeedForward))
    {
        _dropout = options.Dropout;
        _up = new LowRankLinear(options.Dimension, 4 * options.Dimension, options.LoraRank, products);
        _down = new LowRankLinear(2 * options.Dimension, options.Dimension, options.LoraRank, products);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var halves = _up.forward(x).chunk(2, -1); // (rows, 2 · dimension) each
        var gated = halves[0] * nn.functional.gelu(halves[1], GELU.Approximate.tanh);
        return _down.forward(nn.functional.dropout(gated, _dropout, training));
    }
}
