using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace VampNet.Model.Layers;

/// <summary>
/// A linear map of the last dimension. Not TorchSharp's, whose products are MKL's on every processor: <see cref="MatrixProducts"/>.
/// </summary>
internal sealed class Projection : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight; // (outputs, inputs)

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias; // (outputs)

    public Projection(int inputs, int outputs)
        : base(nameof(Projection))
    {
        _weight = Initial.Normal(Math.Min(0.02, 1 / Math.Sqrt(inputs)), outputs, inputs);
        _bias = Initial.Constant(0, [outputs]);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => MatrixProducts.Product(x, _weight, _bias);
}

/// <summary>Depthwise convolution over time, then a two-layer map of the channels, added to the input (Liu et al. 2022).</summary>
internal sealed class ConvNeXtBlock : nn.Module<Tensor, Tensor>
{
    private const int Kernel = 7;

    [ComponentName(Name = "kernel")]
    private readonly Parameter _kernel; // (channels, 1, Kernel)

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias; // (channels)

    [ComponentName(Name = "scale")]
    private readonly Parameter _scale; // (channels)

    [ComponentName(Name = "norm")]
    private readonly LayerNorm _norm;

    [ComponentName(Name = "up")]
    private readonly Projection _up;

    [ComponentName(Name = "down")]
    private readonly Projection _down;

    private readonly int _channels;

    public ConvNeXtBlock(int channels, int hidden)
        : base(nameof(ConvNeXtBlock))
    {
        _channels = channels;
        _kernel = Initial.Normal(1 / Math.Sqrt(Kernel), channels, 1, Kernel);
        _bias = Initial.Constant(0, [channels]);
        _scale = Initial.Constant(0.2, [channels]);
        _norm = Initial.LayerNorm(channels);
        _up = new Projection(channels, hidden);
        _down = new Projection(hidden, channels);
        RegisterComponents();
    }

    /// <param name="x">(batch, frames, channels)</param>
    public override Tensor forward(Tensor x)
    {
        var y = nn.functional.conv1d(x.transpose(1, 2), _kernel, _bias, padding: Kernel / 2, groups: _channels).transpose(1, 2);
        y = _down.forward(nn.functional.gelu(_up.forward(_norm.forward(y))));
        return x.Plus(y * _scale);
    }
}
