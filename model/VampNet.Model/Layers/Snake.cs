using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VampNet.Model.Layers;

/// <summary>The periodic activation x + sin²(αx)/α, one α a channel (Ziyin et al. 2020).</summary>
internal sealed class Snake : nn.Module<Tensor, Tensor>
{
    private readonly Parameter _alpha; // (1, channels, 1)

    public Snake(int channels)
        : base(nameof(Snake))
    {
        _alpha = nn.Parameter(ones(1, channels, 1));
        register_parameter("alpha", _alpha);
    }

    /// <param name="x">(batch, channels, time)</param>
    public override Tensor forward(Tensor x) => x + (_alpha * x).sin().square() * (_alpha + 1e-9).reciprocal();
}

/// <summary>tanh.</summary>
internal sealed class Tanh() : nn.Module<Tensor, Tensor>(nameof(Tanh))
{
    public override Tensor forward(Tensor x) => x.tanh();
}
