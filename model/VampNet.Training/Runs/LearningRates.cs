namespace VampNet.Training.Runs;

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
