using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace VampNet.Model.Layers;

/// <summary>The periodic activation x + sin²(αx)/α, one α a channel (Ziyin et al. 2020).</summary>
internal sealed class Snake : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "alpha")]
    private readonly Parameter _alpha; // (1, channels, 1)

    public Snake(int channels)
        : base(nameof(Snake))
    {
        _alpha = Initial.Constant(1, [1, channels, 1]);
        RegisterComponents();
    }

    /// <param name="x">(batch, channels, time)</param>
    public override Tensor forward(Tensor x) => x.Plus((_alpha * x).sin().Squared() * _alpha.Plus(1e-9).reciprocal());
}
