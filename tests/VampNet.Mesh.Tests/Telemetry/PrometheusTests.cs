using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using VampNet.Services.Hosting.Telemetry.Prometheus;

namespace VampNet.Mesh.Tests.Telemetry;

/// <summary>The text format, and what becomes of instruments in it.</summary>
public sealed class PrometheusTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Meter _meter;
    private readonly PrometheusCollector _collector;

    public PrometheusTests()
    {
        var factory = _services.GetRequiredService<IMeterFactory>();
        _meter = factory.Create("VampNet.Test");
        _collector = new PrometheusCollector(factory);
    }

    public void Dispose()
    {
        _collector.Dispose();
        _services.Dispose();
    }

    private string Own => string.Concat(_collector.Collect().Split('\n').Where(l => l.Contains("test_", StringComparison.Ordinal)).Select(l => l + "\n"));

    [Theory]
    [InlineData("rpc.server.call.duration", "s", "Histogram", "rpc_server_call_duration_seconds")]
    [InlineData("dotnet.process.memory.working_set", "By", "Gauge", "dotnet_process_memory_working_set_bytes")]
    [InlineData("vampnet.generation.tokens", "{token}", "Counter", "vampnet_generation_tokens_total")]
    [InlineData("vampnet.generation.token_rate", "{token}/s", "Histogram", "vampnet_generation_token_rate_per_second")]
    [InlineData("disk.io", "By/s", "Gauge", "disk_io_bytes_per_second")]
    [InlineData("share", "1", "Gauge", "share_ratio")]
    [InlineData("share", "1", "Counter", "share_total")]
    [InlineData("time_seconds", "s", "Gauge", "time_seconds")]
    [InlineData("9 lives--left", null, "Gauge", "_9_lives_left")]
    public void A_name_gets_its_unit_and_only_letters_that_Prometheus_takes(string name, string? unit, string kind, string expected) =>
        Assert.Equal(expected, PrometheusNames.Metric(name, unit, Enum.Parse<PrometheusKind>(kind)));

    [Fact]
    public void Labels_are_escaped_and_in_order()
    {
        var counter = _meter.CreateCounter<long>("test.calls", description: "back\\slash and\nnew line");
        counter.Add(2, new("z", "say \"hi\""), new("a.b", "C:\\x\ny"), new("none", null));
        counter.Add(3, new("a.b", "C:\\x\ny"), new("z", "say \"hi\""));
        Assert.Equal("# HELP test_calls_total back\\\\slash and\\nnew line\n# TYPE test_calls_total counter\ntest_calls_total{a_b=\"C:\\\\x\\ny\",z=\"say \\\"hi\\\"\"} 5\n", Own);
        _ = new PrometheusPage(_collector.Collect());
    }

    [Fact]
    public void A_histogram_has_cumulative_buckets_a_sum_and_a_count()
    {
        var histogram = _meter.CreateHistogram<double>("test.time", "s", null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 2] });
        foreach (var value in new[] { 0.25, 0.5, 1, 16 }) // a bound belongs to the bucket below it
            histogram.Record(value);
        Assert.Equal("# TYPE test_time_seconds histogram\ntest_time_seconds_bucket{le=\"0.5\"} 2\ntest_time_seconds_bucket{le=\"2\"} 3\ntest_time_seconds_bucket{le=\"+Inf\"} 4\ntest_time_seconds_sum 17.75\ntest_time_seconds_count 4\n", Own);
    }

    [Fact]
    public void Gauges_go_up_and_down_and_observed_ones_are_asked()
    {
        var level = 7;
        var waiting = _meter.CreateUpDownCounter<int>("test.waiting", "{call}");
        _meter.CreateObservableGauge("test.level", () => level);
        _meter.CreateObservableCounter("test.seen", () => 40L + level);
        waiting.Add(3);
        waiting.Add(-2);
        level = 9;
        Assert.Equal("# TYPE test_level gauge\ntest_level 9\n# TYPE test_seen_total counter\ntest_seen_total 49\n# TYPE test_waiting gauge\ntest_waiting 1\n", Own);
    }

    [Fact]
    public void Series_are_bounded_and_what_is_too_many_is_counted_together()
    {
        var counter = _meter.CreateCounter<int>("test.many");
        for (var i = 0; i < PrometheusFamily.MaxSeries + 10; i++)
            counter.Add(1, new KeyValuePair<string, object?>("i", i));
        Assert.Equal(PrometheusFamily.MaxSeries + 2, Own.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("test_many_total{otel_metric_overflow=\"true\"} 10\n", Own, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_servers_instruments_are_not_shown()
    {
        using var other = new ServiceCollection().AddMetrics().BuildServiceProvider();
        other.GetRequiredService<IMeterFactory>().Create("VampNet.Test").CreateCounter<int>("test.foreign").Add(1);
        _meter.CreateCounter<int>("test.own").Add(1);
        Assert.Equal("# TYPE test_own_total counter\ntest_own_total 1\n", Own);
    }

    [Fact]
    public void Numbers_are_as_Go_writes_them()
    {
        var text = new StringBuilder();
        foreach (var value in new[] { double.PositiveInfinity, double.NegativeInfinity, double.NaN, 1e300, 0.1 })
            text.WriteSample("x", "", value);
        Assert.Equal("x +Inf\nx -Inf\nx NaN\nx 1E+300\nx 0.1\n", text.ToString());
    }
}
