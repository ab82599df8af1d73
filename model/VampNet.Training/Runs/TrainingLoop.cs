using TorchSharp;
using Figures = System.Collections.Generic.IReadOnlyList<(string Name, double Value)>;

namespace VampNet.Training.Runs;

/// <summary>
/// What every run has in common: it goes on where it stopped, measures itself and saves. Step n draws the same random
/// numbers whenever it is done, so that a resumed run is the undisturbed one.
/// </summary>
/// <param name="kept">what goes into a checkpoint, the network first</param>
/// <param name="steps">in all</param>
/// <param name="validateEvery">steps between two validations, each followed by a checkpoint</param>
internal sealed class TrainingLoop(IReadOnlyList<Kept> kept, RunFolder run, TrainingLog log, int steps, int validateEvery, int seed)
{
    private const int LogEvery = 20;

    /// <summary>Whether the figures of step n are written down; all others need not be taken.</summary>
    public static bool Logs(long n) => n % LogEvery == 0;

    /// <param name="parameters">how many numbers are trained</param>
    /// <param name="step">does step n and returns its figures</param>
    /// <param name="validate">figures of the network as it stands; null where there is nothing to measure with</param>
    /// <exception cref="OperationCanceledException">stopped between two steps, and saved</exception>
    public void Run(long parameters, Func<long, Random, Figures> step, Func<Figures>? validate, CancellationToken cancellationToken)
    {
        var done = run.Load(kept);
        log.Start(done, steps, parameters);
        for (var n = done; n < steps; n++)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                if (n > done)
                    run.Save(kept, n);
                cancellationToken.ThrowIfCancellationRequested();
            }
            var stepSeed = unchecked(seed * 1_000_003 + (int)n);
            torch.random.manual_seed(stepSeed); // dropout draws from libtorch's own generator
            var figures = step(n, new Random(stepSeed));
            if (Logs(n))
                log.Write("train", n, figures);
            if ((n + 1) % validateEvery == 0 || n + 1 == steps)
            {
                if (validate is not null)
                    log.Write("validation", n + 1, validate());
                run.Save(kept, n + 1);
            }
        }
    }
}
