using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VampNet.Training.Runs;

/// <summary>What every run has in common: it goes on where it stopped, measures itself, saves, and slows down towards its end.</summary>
/// <param name="steps">in all</param>
/// <param name="validateEvery">steps between two validations, each followed by a checkpoint</param>
internal sealed class TrainingLoop(nn.Module network, AdamW optimizer, RunFolder run, TrainingLog log, int steps, int validateEvery)
{
    /// <param name="step">does step n</param>
    /// <param name="validate">figures of the network as it stands</param>
    /// <param name="metadata">stored with the weights</param>
    public void Run(Action<long> step, Func<IReadOnlyList<(string Name, double Value)>> validate, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var done = run.Load(network, optimizer);
        log.Write("start", done, ("parameters", network.parameters().Sum(p => p.NumberOfElements)));
        for (var n = done; n < steps; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            step(n);
            if ((n + 1) % validateEvery == 0 || n + 1 == steps)
            {
                log.Write("validation", n + 1, validate());
                run.Save(network, optimizer, metadata, n + 1);
            }
        }
    }

    /// <summary>Sets the learning rate of step n: up to the highest during warm-up, down to a hundredth of it along a cosine.</summary>
    public void SetLearningRate(long n, double highest, int warmUp)
    {
        var rate = highest * Math.Min(1, (n + 1.0) / warmUp) * (0.01 + 0.99 * 0.5 * (1 + Math.Cos(Math.PI * n / steps)));
        foreach (var group in optimizer.ParamGroups)
            group.LearningRate = rate;
    }
}
