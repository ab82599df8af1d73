using static TorchSharp.torch;

namespace VampNet.Model.Layers;

/// <summary>
/// The matrix products of a network, which take most of its time. Training may do them in a shorter type while weights and all
/// else stay float32. (TorchSharp 0.107 has no autocast.)
/// </summary>
internal sealed class MatrixProducts
{
    /// <summary>Factors are rounded to it; null = as they are.</summary>
    public ScalarType? Type { get; set; }

    /// <returns>x·Wᵀ + b</returns>
    public Tensor Linear(Tensor x, Tensor weight, Tensor? bias = null) => Type is { } type
        ? nn.functional.linear(x.to(type), weight.to(type), bias?.to(type)).to(float32)
        : nn.functional.linear(x, weight, bias);

    /// <returns>a·b, batched</returns>
    public Tensor Multiply(Tensor a, Tensor b) => Type is { } type ? a.to(type).matmul(b.to(type)).to(float32) : a.matmul(b);
}
