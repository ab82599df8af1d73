using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VampNet.Model.Layers;

/// <summary>A linear map of the last dimension.</summary>
internal sealed class Projection : nn.Module<Tensor, Tensor>
{
    private readonly Parameter _weight, _bias;

    public Projection(int inputs, int outputs)
        : base(nameof(Projection))
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        _weight = nn.Parameter(randn(outputs, inputs).mul_(Math.Min(0.02, 1 / Math.Sqrt(inputs))));
        _bias = nn.Parameter(zeros(outputs));
        register_parameter("weight", _weight);
        register_parameter("bias", _bias);
    }

    public override Tensor forward(Tensor x) => nn.functional.linear(x, _weight, _bias);
}

/// <summary>Layer norm over the channels.</summary>
internal sealed class ChannelNorm : nn.Module<Tensor, Tensor>
{
    private readonly Parameter _weight, _bias;
    private readonly long[] _shape;

    public ChannelNorm(int channels)
        : base(nameof(ChannelNorm))
    {
        _shape = [channels];
        register_parameter("weight", _weight = nn.Parameter(ones(channels)));
        register_parameter("bias", _bias = nn.Parameter(zeros(channels)));
    }

    /// <param name="x">(…, channels)</param>
    public override Tensor forward(Tensor x) => nn.functional.layer_norm(x, _shape, _weight, _bias, 1e-6);
}

/// <summary>Depthwise convolution over time, then a two-layer map of the channels, added to the input (Liu et al. 2022).</summary>
internal sealed class ConvNeXtBlock : nn.Module<Tensor, Tensor>
{
    private const int Kernel = 7;
    private readonly Parameter _kernel, _bias, _scale;
    private readonly ChannelNorm _norm;
    private readonly Projection _up, _down;
    private readonly int _channels;

    public ConvNeXtBlock(int channels, int hidden)
        : base(nameof(ConvNeXtBlock))
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        _channels = channels;
        register_parameter("kernel", _kernel = nn.Parameter(randn(channels, 1, Kernel).mul_(1 / Math.Sqrt(Kernel))));
        register_parameter("bias", _bias = nn.Parameter(zeros(channels)));
        register_parameter("scale", _scale = nn.Parameter(full([channels], 0.2)));
        register_module("norm", _norm = new ChannelNorm(channels));
        register_module("up", _up = new Projection(channels, hidden));
        register_module("down", _down = new Projection(hidden, channels));
    }

    /// <param name="x">(batch, frames, channels)</param>
    public override Tensor forward(Tensor x)
    {
        var y = nn.functional.conv1d(x.transpose(1, 2), _kernel, _bias, padding: Kernel / 2, groups: _channels).transpose(1, 2);
        y = _down.forward(nn.functional.gelu(_up.forward(_norm.forward(y))));
        return x + y * _scale;
    }
}
