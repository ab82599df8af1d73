using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VampNet.Model.Beats.WaveBeat;

// All take (batch, channels, time).

/// <summary>1-d convolution without padding.</summary>
internal sealed class Convolution : nn.Module<Tensor, Tensor>
{
    private readonly Parameter _weight; // (outputs, inputs, kernel)
    private readonly Parameter _bias; // (outputs)
    private readonly int _stride, _dilation;

    public Convolution(int inputs, int outputs, int kernel, int stride = 1, int dilation = 1)
        : base(nameof(Convolution))
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        (_stride, _dilation) = (stride, dilation);
        register_parameter("weight", _weight = nn.Parameter(randn(outputs, inputs, kernel).mul_(1 / Math.Sqrt(inputs * kernel))));
        register_parameter("bias", _bias = nn.Parameter(zeros(outputs)));
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

    private readonly Parameter _weight, _bias, _mean, _variance; // (channels)

    public BatchNorm(int channels)
        : base(nameof(BatchNorm))
    {
        register_parameter("weight", _weight = nn.Parameter(ones(channels)));
        register_parameter("bias", _bias = nn.Parameter(zeros(channels)));
        register_parameter("running_mean", _mean = nn.Parameter(zeros(channels), requires_grad: false));
        register_parameter("running_var", _variance = nn.Parameter(ones(channels), requires_grad: false));
    }

    public override Tensor forward(Tensor x)
    {
        var (mean, variance) = training ? OfBatch(x) : (_mean, _variance);
        var scale = _weight * (variance + Epsilon).rsqrt();
        return x * scale.unsqueeze(1) + (_bias - mean * scale).unsqueeze(1);
    }

    private (Tensor Mean, Tensor Variance) OfBatch(Tensor x)
    {
        var mean = x.mean([0, 2]);
        var variance = (x - mean.unsqueeze(1)).square().mean([0, 2]);
        using var frozen = no_grad();
        var count = (double)(x.size(0) * x.size(2));
        _mean.lerp_(mean, Momentum);
        _variance.lerp_(variance * (count / Math.Max(1, count - 1)), Momentum); // unbiased, as PyTorch keeps it
        return (mean, variance);
    }
}

/// <summary>Negative values keep a learned share of themselves, one a channel (He et al. 2015).</summary>
internal sealed class PRelu : nn.Module<Tensor, Tensor>
{
    private const double InitialShare = 0.25;

    private readonly Parameter _weight; // (channels)

    public PRelu(int channels)
        : base(nameof(PRelu)) =>
        register_parameter("weight", _weight = nn.Parameter(full([channels], InitialShare)));

    public override Tensor forward(Tensor x) => x.clamp_min(0) + _weight.unsqueeze(1) * x.clamp_max(0);
}
