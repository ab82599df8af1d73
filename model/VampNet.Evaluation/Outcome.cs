using VampNet.Evaluation.Metrics;

namespace VampNet.Evaluation;

/// <summary>What was measured of one condition.</summary>
/// <param name="At">where it stands on the experiment's axis, if it has one</param>
/// <param name="MelLong">mel error (equation 3 of the paper) at FFT 2048</param>
/// <param name="MelShort">the same at FFT 512</param>
/// <param name="Frechet">distance to the music, over the embedding of the report</param>
/// <param name="Sound">means over the excerpts</param>
/// <param name="Perceptual">means over the excerpts</param>
/// <param name="BitsPerSecond">of what was kept</param>
public sealed record Outcome(
    string Condition, double? At, Estimate MelLong, Estimate MelShort, Estimate Frechet, Sound Sound, PerceptualMetrics Perceptual,
    double BitsPerSecond)
{
    /// <summary>Agreement of onsets, as in <see cref="Perceptual"/>.</summary>
    public Estimate Onsets { get; init; }

    /// <summary>Agreement of the tempo, as in <see cref="Perceptual"/>.</summary>
    public Estimate Tempo { get; init; }

    /// <summary>Of each octave band the level furthest from the music's in any excerpt, in dB.</summary>
    public IReadOnlyList<double> FurthestOctaves { get; init; } = [];

    /// <summary>Means over the excerpts; null = nothing was given whole.</summary>
    public ContextAgreement? Context { get; init; }

    /// <summary>Seconds that a request for one excerpt takes when no other is at work; null = not measured.</summary>
    public double? Alone { get; init; }
}
