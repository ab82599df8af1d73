using HdrHistogram;

namespace VampNet.Load;

/// <summary>Times of calls, from a microsecond to an hour, to three digits.</summary>
public sealed class LatencyHistogram
{
    private const long Longest = 3_600_000_000; // an hour in microseconds

    private const double Microseconds = 1e6;

    private readonly LongHistogram _values = new(1, Longest, 3);

    /// <summary>How many times there are.</summary>
    public long Count => _values.TotalCount;

    /// <summary>Adds a time.</summary>
    public void Record(TimeSpan time) => _values.RecordValue(Math.Clamp((long)time.TotalMicroseconds, 1, Longest));

    /// <summary>Adds all times of another one.</summary>
    public void Add(LatencyHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        _values.Add(other._values);
    }

    /// <summary>The time in seconds that this share of all does not exceed; 0 where there are none.</summary>
    /// <param name="share">0 to 1.</param>
    public double Quantile(double share) => Count == 0 ? 0 : _values.GetValueAtPercentile(share * 100) / Microseconds;

    /// <summary>The times in a few numbers.</summary>
    public Percentiles Summarize() => new(
        Count, Count == 0 ? 0 : _values.GetMean() / Microseconds, Quantile(0.5), Quantile(0.9), Quantile(0.99), Quantile(0.999),
        Quantile(1));
}

/// <summary>Times in seconds; all 0 where there were none.</summary>
/// <param name="Count">How many times there were.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="P50">Half of them are at most this long.</param>
/// <param name="P90">Nine of ten are.</param>
/// <param name="P99">99 of a hundred are.</param>
/// <param name="P999">999 of a thousand are.</param>
/// <param name="Max">All of them are.</param>
public sealed record Percentiles(long Count, double Mean, double P50, double P90, double P99, double P999, double Max);
