using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VampNet.Training.Runs;

/// <summary>The parameters that learn and how: one step of AdamW with clipped gradients.</summary>
internal sealed class Learner : IDisposable
{
    private readonly Parameter[] _parameters;
    private readonly AdamW _optimizer;
    private readonly LearningRates _rates;
    private readonly double _greatestNorm;

    /// <param name="network">what learns; parameters that require no gradient are left out</param>
    /// <param name="greatestNorm">of all gradients together</param>
    public Learner(nn.Module network, LearningRates rates, double beta1, double beta2, double weightDecay, double greatestNorm)
    {
        _optimizer = new AdamW(network, beta1, beta2, weightDecay);
        _parameters = [.. network.parameters().Where(p => p.requires_grad)];
        (_rates, _greatestNorm) = (rates, greatestNorm);
    }

    /// <summary>How many numbers learn.</summary>
    public long Count => _parameters.Sum(p => p.NumberOfElements);

    public Kept Kept(string name) => Runs.Kept.Binary(name, _optimizer.Save, _optimizer.Load);

    /// <summary>Step n down the gradient of <paramref name="loss"/>. Gradients that are no numbers change nothing.</summary>
    /// <returns>norm of the gradients before clipping</returns>
    public double Step(long n, Tensor loss)
    {
        _optimizer.ZeroGrad();
        loss.backward();
        var norm = nn.utils.clip_grad_norm_(_parameters, _greatestNorm);
        if (!double.IsFinite(norm))
            return norm;
        _optimizer.Step(_rates.At(n));
        return norm;
    }

    public void Dispose() => _optimizer.Dispose();
}
