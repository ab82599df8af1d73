using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Training.Measures;

/// <summary>Pearson's correlation.</summary>
public static class Correlation
{
    private const double Quiet = 1e-12; // of what does not move at all

    /// <param name="a">(..., values)</param>
    /// <param name="b">as many</param>
    /// <returns>(...): of the last dimension</returns>
    public static Tensor Of(Tensor a, Tensor b)
    {
        (a, b) = (a - a.mean([-1], true), b - b.mean([-1], true));
        return (a * b).sum(-1) / (a.Squared().sum(-1) * b.Squared().sum(-1)).sqrt().AtLeast(Quiet);
    }
}
