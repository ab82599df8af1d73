using TorchSharp.Modules;
using TorchSharp.Utils;
using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Model.Beats.WaveBeat;

// All take (batch, channels, time).

/// <summary>1-d convolution without padding.</summary>
internal sealed class Convolution : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight; // (outputs, inputs, kernel)

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias; // (outputs)

    private readonly int _stride, _dilation;

    public Convolution(int inputs, int outputs, int kernel, int stride = 1, int dilation = 1)
        : base(nameof(Convolution))
    {
        (_stride, _dilation) = (stride, dilation);
        _weight = Initial.Normal(1 / Math.Sqrt(inputs * kernel), outputs, inputs, kernel);
        _bias = Initial.Constant(0, [outputs]);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => nn.functional.conv1d(x, _weight, _bias, _stride, padding: 0, _dilation);
}

/// <summary>
/// Batch normalisation (Ioffe and Szegedy 2015): by the statistics of the batch in training, by those that training left
/// behind otherwise.
/// </summary>
internal sealed class BatchNorm : nn.Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-5, Momentum = 0.1;

    // (channels) each
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    [ComponentName(Name = "running_mean")]
    private readonly Parameter _mean;

    [ComponentName(Name = "running_var")]
    private readonly Parameter _variance;

    public BatchNorm(int channels)
        : base(nameof(BatchNorm))
    {
        _weight = Initial.Constant(1, [channels]);
        _bias = Initial.Constant(0, [channels]);
        _mean = Initial.Constant(0, [channels], learns: false);
        _variance = Initial.Constant(1, [channels], learns: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var (mean, variance) = training ? OfBatch(x) : (_mean, _variance);
        var scale = _weight * variance.Plus(Epsilon).rsqrt();
        return (x * scale.unsqueeze(1)).Plus((_bias - mean * scale).unsqueeze(1));
    }

    private (Tensor Mean, Tensor Variance) OfBatch(Tensor x)
    {
        var mean = x.mean([0, 2]);
        var variance = (x - mean.unsqueeze(1)).Squared().mean([0, 2]);
        using var frozen = no_grad();
        var count = (double)(x.size(0) * x.size(2));
        _mean.Approach(mean, Momentum);
        _variance.Approach(variance.Times(count / Math.Max(1, count - 1)), Momentum); // unbiased, as PyTorch keeps it
        return (mean, variance);
    }
}

/// <summary>Negative values keep a learned share of themselves, one a channel (He et al. 2015).</summary>
internal sealed class PRelu : nn.Module<Tensor, Tensor>
{
    private const double InitialShare = 0.25;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight; // (channels)

    public PRelu(int channels)
        : base(nameof(PRelu))
    {
        _weight = Initial.Constant(InitialShare, [channels]);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => x.AtLeast(0.0).Plus(_weight.unsqueeze(1) * x.AtMost(0.0));
}
