namespace VampNet.Core.Sampling;

/// <summary>How many tokens stay hidden after each step of parallel decoding (paper 3.3): a quarter of a cosine.</summary>
public sealed class MaskSchedule
{
    private readonly SamplingMode _mode;

    /// <summary>The schedule of a decoding in <paramref name="steps"/> steps.</summary>
    /// <param name="steps">The number of decoding steps, at least 1.</param>
    /// <param name="mode">
    /// Which curve it takes: <see cref="SamplingMode.Upstream"/> that of <see cref="UpstreamGamma"/>, otherwise that of
    /// <see cref="Gamma"/>.
    /// </param>
    public MaskSchedule(int steps, SamplingMode mode)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        (Steps, _mode) = (steps, mode);
    }

    /// <summary>Number of decoding steps.</summary>
    public int Steps { get; }

    /// <summary>Share of hidden tokens at progress r in [0, 1]: cos(πr/2).</summary>
    public static double Gamma(double r) => Math.Max(Math.Cos(r * Math.PI / 2), 0);

    /// <summary>As the reference computes it, in float32, where rounding can decide a whole token.</summary>
    public static float UpstreamGamma(float r) => Math.Clamp(MathF.Cos(r * MathF.PI / 2), 1e-10f, 1);

    /// <summary>
    /// Tokens to keep hidden after a step: before the last, at least one and fewer than now; after it, none.
    /// </summary>
    /// <param name="step">The number of the step, 0 to <see cref="Steps"/> − 1.</param>
    /// <param name="hiddenAtStart">
    /// How many tokens of this item were hidden at the start; <see cref="SamplingMode.Upstream"/> sums them over its batch.
    /// </param>
    /// <param name="hiddenNow">How many tokens of this item are hidden now.</param>
    public int HiddenAfter(int step, int hiddenAtStart, int hiddenNow)
    {
        if (step >= Steps - 1)
            return 0;
        var scheduled = _mode == SamplingMode.Upstream
            ? (int)MathF.Floor(UpstreamGamma((step + 1f) / Steps) * hiddenAtStart)
            : (int)Math.Floor(Gamma((step + 1.0) / Steps) * hiddenAtStart);
        return Math.Min(hiddenNow, Math.Max(1, Math.Min(scheduled, hiddenNow - 1)));
    }

    /// <summary>Scale of the noise on the confidences at a step: it falls to 0 at the last.</summary>
    public float MaskTemperature(int step, float temperature) => temperature * (1 - (float)((step + 1.0) / Steps));
}
