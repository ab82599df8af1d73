using TorchSharp;
using VampNet.Model.Transformer;
using static TorchSharp.torch;

namespace VampNet.Training.Generators;

/// <summary>
/// The same network in bfloat16: it does the work of a step, while the float32 network keeps the weights that the optimiser
/// changes. (TorchSharp 0.107 has no autocast.)
/// </summary>
internal sealed class HalfTwin : IDisposable
{
    private readonly (Tensor Full, Tensor Half)[] _parameters;

    public HalfTwin(VampNetTransformer full, Device device)
    {
        Network = new VampNetTransformer(full.Options).to(device).to(bfloat16);
        _parameters = [.. full.parameters().Zip(Network.parameters(), (f, h) => ((Tensor)f, (Tensor)h))];
        foreach (var (f, h) in _parameters)
            h.requires_grad = f.requires_grad;
    }

    public VampNetTransformer Network { get; }

    /// <summary>Takes over the weights, rounded.</summary>
    public void TakeWeights()
    {
        using var frozen = no_grad();
        foreach (var (full, half) in _parameters)
            half.copy_(full);
    }

    /// <summary>Hands the gradients over, in float32, and keeps none.</summary>
    public void GiveGradients()
    {
        using var scope = NewDisposeScope();
        foreach (var (full, half) in _parameters.Where(p => p.Full.requires_grad))
        {
            full.grad = half.grad?.to(float32);
            half.grad = null;
        }
    }

    public void Dispose() => Network.Dispose();
}
