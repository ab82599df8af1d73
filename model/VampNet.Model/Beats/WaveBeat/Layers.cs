using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VampNet.Model.Beats.WaveBeat;

// Layers for inference alone: weights are zero until they are loaded. All take (batch, channels, time).

/// <summary>1-d convolution without padding.</summary>
internal sealed class Convolution : nn.Module<Tensor, Tensor>
{
    private readonly Parameter _weight; // (outputs, inputs, kernel)
    private readonly Parameter _bias; // (outputs)
    private readonly int _stride, _dilation;

    public Convolution(int inputs, int outputs, int kernel, int stride = 1, int dilation = 1)
        : base(nameof(Convolution))
    {
        (_stride, _dilation) = (stride, dilation);
        register_parameter("weight", _weight = nn.Parameter(zeros(outputs, inputs, kernel), requires_grad: false));
        register_parameter("bias", _bias = nn.Parameter(zeros(outputs), requires_grad: false));
    }

    public override Tensor forward(Tensor x) => nn.functional.conv1d(x, _weight, _bias, _stride, padding: 0, _dilation);
}

/// <summary>Batch normalisation by the statistics that training left behind (Ioffe and Szegedy 2015).</summary>
internal sealed class BatchNorm : nn.Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-5;

    private readonly Parameter _weight, _bias, _mean, _variance; // (channels)

    public BatchNorm(int channels)
        : base(nameof(BatchNorm))
    {
        register_parameter("weight", _weight = nn.Parameter(zeros(channels), requires_grad: false));
        register_parameter("bias", _bias = nn.Parameter(zeros(channels), requires_grad: false));
        register_parameter("running_mean", _mean = nn.Parameter(zeros(channels), requires_grad: false));
        register_parameter("running_var", _variance = nn.Parameter(zeros(channels), requires_grad: false));
    }

    public override Tensor forward(Tensor x)
    {
        var scale = _weight * (_variance + Epsilon).rsqrt();
        return x * scale.unsqueeze(1) + (_bias - _mean * scale).unsqueeze(1);
    }
}

/// <summary>Negative values keep a learned share of themselves, one a channel (He et al. 2015).</summary>
internal sealed class PRelu : nn.Module<Tensor, Tensor>
{
    private readonly Parameter _weight; // (channels)

    public PRelu(int channels)
        : base(nameof(PRelu)) =>
        register_parameter("weight", _weight = nn.Parameter(zeros(channels), requires_grad: false));

    public override Tensor forward(Tensor x) => x.clamp_min(0) + _weight.unsqueeze(1) * x.clamp_max(0);
}
