namespace VampNet.Training.Codec.Adversarial;

/// <summary>Adversarial losses of the Descript codec (Kumar et al. 2023).</summary>
public sealed record AdversarialOptions
{
    /// <summary>
    /// Step from which on they count: before that there is nothing to tell apart that a discriminator would be needed for.
    /// </summary>
    public int From { get; init; }

    /// <summary>Width of the discriminators as a share of the published one, which a CPU takes very long for.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Of the discriminators.</summary>
    public double LearningRate { get; init; } = 1e-4;

    // The Descript codec weighs 1 and 2 against 15 for each of its mel errors in log10; ours are natural logarithms.

    /// <summary>Of the score that the codec's output gets.</summary>
    public double ScoreWeight { get; init; } = 0.15;

    /// <summary>Of the difference that the layers of the discriminators see.</summary>
    public double FeatureWeight { get; init; } = 0.3;
}
