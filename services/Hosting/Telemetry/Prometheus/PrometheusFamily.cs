using System.Text;

namespace VampNet.Services.Hosting.Telemetry.Prometheus;

internal enum PrometheusKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>All series of one metric.</summary>
/// <param name="bounds">upper bounds of a histogram's buckets, ascending</param>
internal sealed class PrometheusFamily(string name, string help, PrometheusKind kind, double[] bounds)
{
    /// <summary>Most series; what would be one more is counted in a series that says so, as OpenTelemetry does.</summary>
    public const int MaxSeries = 500;

    private const string Overflow = "otel_metric_overflow=\"true\"";

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Series> _series = new(StringComparer.Ordinal);

    public PrometheusKind Kind => kind;

    /// <summary>Adds to a counter or an up-down counter, or one observation to a histogram.</summary>
    public void Add(ReadOnlySpan<KeyValuePair<string, object?>> tags, double value)
    {
        var labels = PrometheusText.Labels(tags);
        lock (_lock)
        {
            var series = Find(labels);
            series.Value += value;
            if (kind == PrometheusKind.Histogram && BucketOf(value) is var bucket)
                series.Buckets[bucket]++;
        }
    }

    /// <summary>Sets a gauge, or a counter that somebody else counts.</summary>
    public void Set(ReadOnlySpan<KeyValuePair<string, object?>> tags, double value)
    {
        var labels = PrometheusText.Labels(tags);
        lock (_lock)
            Find(labels).Value = value;
    }

    public void Write(StringBuilder text)
    {
        lock (_lock)
        {
            if (_series.Count == 0)
                return;
            text.WriteHeader(name, help, kind);
            foreach (var (labels, series) in _series)
            {
                if (kind == PrometheusKind.Histogram)
                    WriteHistogram(text, labels, series);
                else
                    text.WriteSample(name, labels, series.Value);
            }
        }
    }

    private void WriteHistogram(StringBuilder text, string labels, Series series)
    {
        var count = 0L;
        for (var i = 0; i <= bounds.Length; i++)
        {
            count += series.Buckets[i];
            var bound = $"le=\"{PrometheusText.Number(i < bounds.Length ? bounds[i] : double.PositiveInfinity)}\"";
            text.WriteSample($"{name}_bucket", labels.Length > 0 ? $"{labels},{bound}" : bound, count);
        }
        text.WriteSample($"{name}_sum", labels, series.Value);
        text.WriteSample($"{name}_count", labels, count);
    }

    private Series Find(string labels)
    {
        if (!_series.TryGetValue(labels, out var series))
        {
            if (_series.Count >= MaxSeries)
                labels = Overflow;
            if (!_series.TryGetValue(labels, out series))
                _series.Add(labels, series = new Series(kind == PrometheusKind.Histogram ? new long[bounds.Length + 1] : []));
        }
        return series;
    }

    /// <summary>The first bucket whose bound is not below the value.</summary>
    private int BucketOf(double value)
    {
        var index = Array.BinarySearch(bounds, value);
        return index >= 0 ? index : ~index;
    }

    /// <param name="Buckets">observations of each bucket alone</param>
    private sealed record Series(long[] Buckets)
    {
        /// <summary>Of a histogram: the sum.</summary>
        public double Value { get; set; }
    }
}
