namespace VampNet.Core.Sampling;

/// <summary>Where the paper and the public reference code differ, which of them counts.</summary>
public enum SamplingMode
{
    /// <summary>Filtering does what it says; every item of a batch has its own schedule.</summary>
    Paper,

    /// <summary>Bug-compatible with the public reference, for parity tests.</summary>
    Upstream,
}

/// <summary>Typical filtering (Meister et al. 2022): keep the tokens whose surprise is closest to the entropy.</summary>
/// <param name="Mass">The probability mass to keep, in (0, 1].</param>
/// <param name="MinTokens">How many tokens are kept at least, 1 or more.</param>
public sealed record TypicalFilter(float Mass = 0.15f, int MinTokens = 64);

/// <summary>How masked tokens are sampled (paper 3.3). The defaults are the reference's.</summary>
public sealed record SamplingOptions
{
    /// <summary>Number of parallel decoding steps, at least 1.</summary>
    public int Steps { get; init; } = 12;

    /// <summary>Softmax temperature of token sampling, above 0.</summary>
    public float Temperature { get; init; } = 1f;

    /// <summary>Scale of the Gumbel noise on the confidences, annealed to 0; 0 = purely greedy unmasking.</summary>
    public float MaskTemperature { get; init; } = 10.5f;

    /// <summary>Keep this many most likely codes; null = all.</summary>
    public int? TopK { get; init; }

    /// <summary>Nucleus sampling: keep the smallest set of tokens with this probability, in (0, 1]; null = off.</summary>
    public float? TopP { get; init; }

    /// <summary>Typical filtering; null = off.</summary>
    public TypicalFilter? Typical { get; init; }

    /// <summary>Sample while step/steps is at most this, take the most likely token after it; -1 = never sample.</summary>
    public float SampleCutoff { get; init; } = 1f;

    /// <inheritdoc cref="SamplingMode"/>
    public SamplingMode Mode { get; init; }
}
