using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VampNet.Model.Layers;

/// <summary>
/// A linear map without bias, optionally with a low-rank adapter (Hu et al. 2021): x·Wᵀ + x·Aᵀ·Bᵀ / rank, where A and B
/// learn and W is frozen. Serving merges adapters into the weights when it loads them, and uses rank 0.
/// </summary>
internal sealed class LowRankLinear : nn.Module<Tensor, Tensor>
{
    private readonly Parameter _weight; // (outputs, inputs)
    private readonly Parameter? _a, _b; // (rank, inputs), (outputs, rank)
    private readonly double _scale;
    private readonly MatrixProducts _products;

    /// <param name="rank">of the adapter; 0 = none</param>
    public LowRankLinear(int inputs, int outputs, int rank, MatrixProducts products)
        : base(nameof(LowRankLinear))
    {
        _products = products;
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        register_parameter("weight", _weight = nn.Parameter(randn(outputs, inputs).mul_(1 / Math.Sqrt(inputs)), requires_grad: rank == 0));
        if (rank == 0)
            return;
        _scale = 1.0 / rank;
        register_parameter("lora_A", _a = nn.Parameter(randn(rank, inputs).mul_(1 / Math.Sqrt(inputs))));
        register_parameter("lora_B", _b = nn.Parameter(zeros(outputs, rank)));
    }

    public override Tensor forward(Tensor x)
    {
        var y = _products.Linear(x, _weight);
        return _a is null || _b is null ? y : y + _products.Linear(_products.Linear(x, _a), _b) * _scale;
    }
}
