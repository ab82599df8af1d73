using System.Globalization;
using System.Text.RegularExpressions;

namespace VampNet.Load.Servers;

/// <summary>The sums and counts of a server's histograms at one moment, from its page for Prometheus (docs/telemetry.md).</summary>
public sealed partial class MetricsSample
{
    private readonly Dictionary<Series, (double Sum, double Count)> _histograms = [];

    /// <summary>One histogram with its labels.</summary>
    /// <param name="Metric">Without the endings _sum and _count.</param>
    /// <param name="Labels">As the page has them, such as vampnet_operation="generate",vampnet_stage="coarse".</param>
    private readonly record struct Series(string Metric, string Labels);

    /// <summary>Reads the page of a server; lines that it does not know are left out.</summary>
    public static MetricsSample Parse(string page)
    {
        ArgumentNullException.ThrowIfNull(page);
        var sample = new MetricsSample();
        foreach (Match line in Line().Matches(page))
        {
            var series = new Series(line.Groups["metric"].Value, line.Groups["labels"].Value);
            var value = double.Parse(line.Groups["value"].Value, CultureInfo.InvariantCulture);
            var (sum, count) = sample._histograms.GetValueOrDefault(series);
            sample._histograms[series] = line.Groups["part"].Value == "sum" ? (sum + value, count) : (sum, count + value);
        }
        return sample;
    }

    /// <summary>Several servers together.</summary>
    public static MetricsSample Join(IEnumerable<MetricsSample> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        var all = new MetricsSample();
        foreach (var (series, value) in samples.SelectMany(sample => sample._histograms))
        {
            var (sum, count) = all._histograms.GetValueOrDefault(series);
            all._histograms[series] = (sum + value.Sum, count + value.Count);
        }
        return all;
    }

    /// <summary>What was measured since an earlier sample, histograms without new values left out.</summary>
    public IReadOnlyList<ServerHistogram> Since(MetricsSample before)
    {
        ArgumentNullException.ThrowIfNull(before);
        var news = new List<ServerHistogram>();
        foreach (var (series, (sum, count)) in _histograms)
        {
            var old = before._histograms.GetValueOrDefault(series);
            // A server that was started anew in between counts from 0.
            var (newSum, newCount) = count < old.Count ? (sum, count) : (sum - old.Sum, count - old.Count);
            if (newCount > 0)
                news.Add(new ServerHistogram(series.Metric, LabelsOf(series.Labels), (long)newCount, newSum / newCount));
        }
        return
        [
            .. news.OrderBy(h => h.Metric, StringComparer.Ordinal)
                .ThenBy(h => string.Join(',', h.Labels.Values), StringComparer.Ordinal),
        ];
    }

    private static Dictionary<string, string> LabelsOf(string labels) =>
        Label().Matches(labels).ToDictionary(label => label.Groups["key"].Value, label => label.Groups["value"].Value);

    [GeneratedRegex(
        @"^(?<metric>(vampnet|rpc_server)_[a-z0-9_]+)_(?<part>sum|count)(\{(?<labels>[^}]*)\})? (?<value>[0-9.eE+-]+)\r?$",
        RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(@"(?<key>[a-zA-Z_][a-zA-Z0-9_]*)=""(?<value>[^""]*)""")]
    private static partial Regex Label();
}

/// <summary>What a histogram of a server took up during a run.</summary>
/// <param name="Metric">Name as Prometheus has it, such as vampnet_job_queue_duration_seconds.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Count">Values.</param>
/// <param name="Mean">Their mean, in the unit of the metric.</param>
public sealed record ServerHistogram(string Metric, IReadOnlyDictionary<string, string> Labels, long Count, double Mean);
