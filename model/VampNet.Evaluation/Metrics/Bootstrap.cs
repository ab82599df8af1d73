using System.Globalization;

namespace VampNet.Evaluation.Metrics;

/// <summary>A figure, and where it would probably lie with other excerpts of such music.</summary>
/// <param name="Low">2.5 % of resamples are below</param>
/// <param name="High">2.5 % of resamples are above</param>
public readonly record struct Estimate(double Value, double Low, double High)
{
    /// <summary>The figure, and in brackets its interval.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value:0.000} ({Low:0.000}–{High:0.000})");
}

/// <summary>Confidence intervals by resampling (Efron 1979, percentiles).</summary>
public static class Bootstrap
{
    private const double Tail = 0.025;

    /// <param name="count">items that were measured, at least 1</param>
    /// <param name="statistic">of the items with these indices, of which some may come several times</param>
    /// <param name="resamples">how often to draw</param>
    public static Estimate Of(int count, Func<IReadOnlyList<int>, double> statistic, Random random, int resamples = 1000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var all = Enumerable.Range(0, count).ToArray();
        var draws = new double[resamples];
        for (var i = 0; i < resamples; i++)
            draws[i] = statistic([.. all.Select(_ => random.Next(count))]);
        Array.Sort(draws);
        return new Estimate(statistic(all), Quantile(draws, Tail), Quantile(draws, 1 - Tail));
    }

    /// <summary>Between the two nearest of sorted values.</summary>
    private static double Quantile(double[] sorted, double share)
    {
        var at = share * (sorted.Length - 1);
        var below = (int)at;
        return below + 1 == sorted.Length ? sorted[below] : sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]);
    }
}
