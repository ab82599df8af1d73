using VampNet.Evaluation.Metrics;

namespace VampNet.Evaluation.Findings;

/// <summary>What noise leaves of the music at any bitrate: between the two measured ones around it, by its logarithm.</summary>
public sealed class NoiseCurve
{
    private readonly Outcome[] _outcomes;

    private NoiseCurve(Outcome[] outcomes) => _outcomes = outcomes;

    /// <summary>From the lowest bitrate to the highest.</summary>
    public IReadOnlyList<Outcome> Outcomes => _outcomes;

    /// <param name="outcomes">of whatever conditions</param>
    /// <returns>null = noise was not measured</returns>
    public static NoiseCurve? Of(IEnumerable<Outcome> outcomes)
    {
        var noise = outcomes.Where(o => o.Condition.StartsWith(Baseline.Noise, StringComparison.Ordinal)).OrderBy(o => o.BitsPerSecond);
        return noise.ToArray() is { Length: > 0 } measured ? new NoiseCurve(measured) : null;
    }

    /// <summary>Whether noise leaves so much at its highest bitrate.</summary>
    public bool Reaches(double bitsPerSecond) => bitsPerSecond <= _outcomes[^1].BitsPerSecond;

    /// <param name="bitsPerSecond">beyond the ends the figure at the end</param>
    /// <param name="of">figure that is asked for</param>
    public Estimate At(double bitsPerSecond, Func<Outcome, Estimate> of)
    {
        var above = Array.FindIndex(_outcomes, o => o.BitsPerSecond >= bitsPerSecond);
        if (above <= 0)
            return of(above == 0 ? _outcomes[0] : _outcomes[^1]);
        var (low, high) = (_outcomes[above - 1], _outcomes[above]);
        var share = Math.Log(bitsPerSecond / low.BitsPerSecond) / Math.Log(high.BitsPerSecond / low.BitsPerSecond);
        var (a, b) = (of(low), of(high));
        return new Estimate(Between(a.Value, b.Value), Between(a.Low, b.Low), Between(a.High, b.High));

        double Between(double from, double to) => from + share * (to - from);
    }
}
