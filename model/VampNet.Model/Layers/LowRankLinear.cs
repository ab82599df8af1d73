using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace VampNet.Model.Layers;

/// <summary>
/// A linear map without bias, optionally with a low-rank adapter (Hu et al. 2021): x·Wᵀ + x·Aᵀ·Bᵀ / rank, where A and B
/// learn and W is frozen. Serving merges adapters into the weights when it loads them, and uses rank 0.
/// </summary>
internal sealed class LowRankLinear : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight; // (outputs, inputs)

    [ComponentName(Name = "lora_A")]
    private readonly Parameter? _a; // (rank, inputs)

    [ComponentName(Name = "lora_B")]
    private readonly Parameter? _b; // (outputs, rank)

    private readonly double _scale;
    private readonly MatrixProducts _products;

    /// <param name="rank">of the adapter; 0 = none</param>
    public LowRankLinear(int inputs, int outputs, int rank, MatrixProducts products)
        : base(nameof(LowRankLinear))
    {
        _products = products;
        _weight = Initial.Normal(1 / Math.Sqrt(inputs), outputs, inputs);
        if (rank > 0)
        {
            _weight.requires_grad = false;
            _scale = 1.0 / rank;
            _a = Initial.Normal(1 / Math.Sqrt(inputs), rank, inputs);
            _b = Initial.Constant(0, [outputs, rank]);
        }
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var y = _products.Linear(x, _weight);
        return _a is null || _b is null ? y : y.Plus(_products.Linear(_products.Linear(x, _a), _b).Times(_scale));
    }
}
