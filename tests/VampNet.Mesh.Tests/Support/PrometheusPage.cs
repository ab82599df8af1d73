using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace VampNet.Mesh.Tests.Support;

/// <summary>A page of metrics, read by the rules of the text format 0.0.4; whatever breaks one fails the test.</summary>
internal sealed partial class PrometheusPage
{
    private readonly Dictionary<string, double> _samples = [];
    private readonly Dictionary<string, string> _types = [];

    public PrometheusPage(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', text);
        var closed = new HashSet<string>();
        var family = "";
        foreach (var line in text.Split('\n')[..^1])
        {
            if (Comment().Match(line) is { Success: true } comment)
            {
                var name = comment.Groups["name"].Value;
                // All lines of a metric stand together, HELP and TYPE before the samples.
                if (name != family)
                    Assert.True(closed.Add(family = name), $"{name} comes twice");
                if (comment.Groups["kind"].Value == "TYPE")
                {
                    Assert.Contains(comment.Groups["rest"].Value, new[] { "counter", "gauge", "histogram" });
                    Assert.True(_types.TryAdd(name, comment.Groups["rest"].Value), $"two types of {name}");
                }
                continue;
            }
            var sample = Sample().Match(line);
            Assert.True(sample.Success, $"not a sample: {line}");
            var metric = sample.Groups["name"].Value;
            var type = _types[family];
            Assert.Equal(family, type == "histogram" ? Regex.Replace(metric, "_(bucket|sum|count)$", "") : metric);
            // no name twice
            var labels = Label().Matches(sample.Groups["labels"].Value)
                .ToDictionary(l => l.Groups["key"].Value, l => l.Groups["value"].Value);
            var value = sample.Groups["value"].Value switch
            {
                "+Inf" => double.PositiveInfinity,
                "-Inf" => double.NegativeInfinity,
                var v => double.Parse(v, CultureInfo.InvariantCulture)
            };
            Assert.True(type == "gauge" || value >= 0, $"{line}: below 0");
            Assert.True(_samples.TryAdd(Key(metric, labels), value), $"twice: {line}");
        }
        foreach (var (name, _) in _types.Where(t => t.Value == "histogram"))
            CheckBuckets(name);
    }

    public IEnumerable<string> Metrics => _types.Keys;

    /// <summary>The sum of the samples of a name that have these labels, among others; 0 where there are none.</summary>
    /// <param name="labels">such as vampnet_stage="codec"</param>
    public double Sum(string name, params string[] labels) =>
        _samples.Where(
            s => s.Key.StartsWith($"{name}{{", StringComparison.Ordinal)
            && labels.All(l => s.Key.Contains($";{l};", StringComparison.Ordinal))).Sum(s => s.Value);

    /// <summary>Samples of the metrics that go up and down with what there is at the moment, by name and labels.</summary>
    /// <param name="prefix">of the metrics' names</param>
    public IEnumerable<KeyValuePair<string, double>> Levels(string prefix) =>
        _samples.Where(
            s => s.Key.StartsWith(prefix, StringComparison.Ordinal)
            && _types.GetValueOrDefault(s.Key[..s.Key.IndexOf('{', StringComparison.Ordinal)]) == "gauge");

    public static async Task<PrometheusPage> GetAsync(Uri server, Version? version = null)
    {
        using var http = new HttpClient
        {
            DefaultRequestVersion = version ?? HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await http.GetAsync(new Uri(server, "/metrics"));
        response.EnsureSuccessStatusCode();
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        return new PrometheusPage(await response.Content.ReadAsStringAsync());
    }

    /// <summary>Buckets grow with their bounds, and the last holds everything.</summary>
    private void CheckBuckets(string name)
    {
        var series = _samples.Where(s => s.Key.StartsWith($"{name}_bucket{{", StringComparison.Ordinal))
            .GroupBy(s => Regex.Replace(s.Key, ";le=\"[^\"]*\"", ""));
        foreach (var buckets in series)
        {
            var ordered = buckets.Select(b => (Bound: Bound(b.Key), b.Value)).OrderBy(b => b.Bound).ToList();
            Assert.Equal(ordered.Select(b => b.Value), ordered.Select(b => b.Value).Order());
            Assert.Equal(double.PositiveInfinity, ordered[^1].Bound);
            Assert.Equal(_samples[buckets.Key.Replace($"{name}_bucket{{", $"{name}_count{{", StringComparison.Ordinal)], ordered[^1].Value);
            Assert.Contains(buckets.Key.Replace($"{name}_bucket{{", $"{name}_sum{{", StringComparison.Ordinal), _samples.Keys);
        }
    }

    private static double Bound(string key)
    {
        var bound = Regex.Match(key, ";le=\"([^\"]*)\"").Groups[1].Value;
        return bound == "+Inf" ? double.PositiveInfinity : double.Parse(bound, CultureInfo.InvariantCulture);
    }

    private static string Key(string name, Dictionary<string, string> labels) =>
        $"{name}{{{string.Concat(labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $";{l.Key}=\"{l.Value}\""))};}}";

    [GeneratedRegex(@"^# (?<kind>HELP|TYPE) (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<rest>(?:[^\\]|\\\\|\\n)*)$")]
    private static partial Regex Comment();

    [GeneratedRegex(
        @"^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>(?:[a-zA-Z_][a-zA-Z0-9_]*=""(?:[^\\""]|\\\\|\\n|\\"")*""(?:,[a-zA-Z_][a-zA-Z0-9_]*=""(?:[^\\""]|\\\\|\\n|\\"")*"")*)?)\})? (?<value>[+-]?(?:[0-9.]+(?:[eE][+-]?[0-9]+)?|Inf)|NaN)$")]
    private static partial Regex Sample();

    [GeneratedRegex(@"(?<key>[a-zA-Z_][a-zA-Z0-9_]*)=""(?<value>(?:[^\\""]|\\\\|\\n|\\"")*)""")]
    private static partial Regex Label();
}
