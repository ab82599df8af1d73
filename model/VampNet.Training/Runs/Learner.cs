using TorchSharp.Modules;
using VampNet.Model.Checkpoints;
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

/// <summary>How the learning rate goes over a run, after a linear rise.</summary>
public enum LearningRateSchedule
{
    /// <summary>With the inverse square root of the step (Vaswani et al. 2017), as the paper has it; a run has no end in sight.</summary>
    Transformer,

    /// <summary>Along a cosine to a hundredth at the last step: better where the number of steps is known and small.</summary>
    Cosine,
}

/// <summary>The learning rate of each step.</summary>
/// <param name="Highest">reached after <paramref name="WarmUp"/> steps</param>
/// <param name="Steps">of the whole run</param>
internal sealed record LearningRates(LearningRateSchedule Schedule, double Highest, int WarmUp, int Steps)
{
    /// <param name="n">0 for the first step</param>
    public double At(long n) => Highest * Math.Min(1, (n + 1.0) / WarmUp) * Schedule switch
    {
        LearningRateSchedule.Cosine => 0.01 + 0.99 * 0.5 * (1 + Math.Cos(Math.PI * n / Steps)),
        _ => Math.Min(1, Math.Sqrt(WarmUp / (n + 1.0))),
    };
}

/// <summary>One file of a checkpoint: something that a run must find again to go on as if it had never stopped.</summary>
/// <param name="Name">of the file</param>
/// <param name="Save">writes it to a path</param>
/// <param name="Load">reads it from a path</param>
internal sealed record Kept(string Name, Action<string> Save, Action<string> Load)
{
    /// <summary>A network's parameters, as float32.</summary>
    /// <param name="isKept">by name of the parameter; null = all</param>
    public static Kept Weights(
        string name, nn.Module network, IReadOnlyDictionary<string, string>? metadata = null, Func<string, bool>? isKept = null) => new(
            name,
            path => Safetensors.Write(path, network.ToTable(ElementType.F32, metadata ?? new Dictionary<string, string>(), isKept)),
            path => network.LoadTable(Safetensors.Read(path), isWanted: isKept));

    public static Kept Binary(string name, Action<BinaryWriter> save, Action<BinaryReader> load) => new(
        name,
        path =>
        {
            using var writer = new BinaryWriter(File.Create(path));
            save(writer);
        },
        path =>
        {
            using var reader = new BinaryReader(File.OpenRead(path));
            load(reader);
        });
}
