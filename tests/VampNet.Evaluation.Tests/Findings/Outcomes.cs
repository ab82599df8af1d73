using VampNet.Evaluation.Metrics;

namespace VampNet.Evaluation.Tests.Findings;

/// <summary>Made-up outcomes.</summary>
internal static class Outcomes
{
    /// <summary>Intervals reach 0.5 to either side.</summary>
    public static Outcome Of(string condition, double mel, double frechet = 0, double bits = 1_000) => new(
        condition, bits, Around(mel), Around(mel), Around(frechet), new Sound(0, 0, 0, 1, 0),
        new PerceptualMetrics(default, 1, 1, [0], 0), bits);

    public static Estimate Around(double value) => new(value, value - 0.5, value + 0.5);
}
