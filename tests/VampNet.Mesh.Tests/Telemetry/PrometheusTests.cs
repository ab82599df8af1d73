using System.Diagnostics.Metrics;
using VampNet.Mesh.Tests.Stages;
using VampNet.Mesh.Tests.Support;
using VampNet.Services.Hosting.Telemetry;

namespace VampNet.Mesh.Tests.Telemetry;

/// <summary>What becomes of a server's instruments on its page of metrics.</summary>
public sealed class PrometheusTests : IAsyncLifetime
{
    private StageHost _server = null!, _neighbour = null!;

    private Meter Meter => MeterOf(_server);

    public async Task InitializeAsync() => (_server, _neighbour) = (await StageHost.StartAsync(), await StageHost.StartAsync());

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _neighbour.DisposeAsync();
    }

    [Fact]
    public async Task A_name_gets_its_unit_and_only_letters_that_Prometheus_takes()
    {
        Meter.CreateHistogram<double>("test.duration", "s").Record(1);
        Meter.CreateUpDownCounter<long>("test.size", "By").Add(1);
        Meter.CreateCounter<long>("test.tokens", "{token}").Add(1);
        Meter.CreateHistogram<double>("test.token_rate", "{token}/s").Record(1);
        Meter.CreateHistogram<double>("test.factor", "1").Record(1);
        var page = await PageAsync();
        Assert.Equal(
            ["test_duration_seconds", "test_factor", "test_size_bytes", "test_token_rate_per_second", "test_tokens_total"],
            page.Metrics.Where(name => name.StartsWith("test_", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Labels_are_escaped_and_in_order()
    {
        var counter = Meter.CreateCounter<long>("test.calls", description: "back\\slash and\nnew line");
        counter.Add(2, new("z", "say \"hi\""), new("a.b", "C:\\x\ny"));
        counter.Add(3, new("a.b", "C:\\x\ny"), new("z", "say \"hi\""));
        Assert.Equal(5, (await PageAsync()).Sum("test_calls_total", "a_b=\"C:\\\\x\\ny\"", "z=\"say \\\"hi\\\"\""));
    }

    [Fact]
    public async Task A_histogram_has_the_buckets_that_its_instrument_advises_cumulative()
    {
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 2] };
        var histogram = Meter.CreateHistogram<double>("test.time", "s", null, null, advice);
        foreach (var value in new[] { 0.25, 0.5, 1, 16 }) // a bound belongs to the bucket below it
            histogram.Record(value);
        var page = await PageAsync();
        foreach (var (bound, count) in new[] { ("0.5", 2), ("2", 3), ("+Inf", 4) })
            Assert.Equal(count, page.Sum("test_time_seconds_bucket", $"le=\"{bound}\""));
        Assert.Equal(2 + 3 + 4, page.Sum("test_time_seconds_bucket")); // and no others
        Assert.Equal((4, 17.75), (page.Sum("test_time_seconds_count"), page.Sum("test_time_seconds_sum")));
    }

    [Fact]
    public async Task Gauges_go_up_and_down_and_observed_ones_are_asked()
    {
        var level = 7;
        var waiting = Meter.CreateUpDownCounter<int>("test.waiting", "{call}");
        Meter.CreateObservableGauge("test.level", () => level);
        Meter.CreateObservableCounter("test.seen", () => 40L + level);
        waiting.Add(3);
        waiting.Add(-2);
        level = 9;
        var page = await PageAsync();
        Assert.Equal((9, 49, 1), (page.Sum("test_level"), page.Sum("test_seen_total"), page.Sum("test_waiting")));
        Assert.Equal(["test_level", "test_waiting"], page.Levels("test_").Select(level => level.Key[..level.Key.IndexOf('{')]).Order());
    }

    [Fact]
    public async Task Series_are_bounded_and_what_is_too_many_is_counted_together()
    {
        var counter = Meter.CreateCounter<int>("test.many");
        for (var i = 0; i < TelemetryDefaults.MaxSeries + 10; i++)
            counter.Add(1, new KeyValuePair<string, object?>("i", i));
        var page = await PageAsync();
        Assert.Equal(TelemetryDefaults.MaxSeries + 10, page.Sum("test_many_total"));
        Assert.Equal(10, page.Sum("test_many_total", "otel_metric_overflow=\"true\""));
    }

    [Fact]
    public async Task Another_servers_instruments_are_not_shown()
    {
        MeterOf(_neighbour).CreateCounter<int>("test.shared").Add(1);
        Meter.CreateCounter<int>("test.shared").Add(2);
        Assert.Equal(2, (await PageAsync()).Sum("test_shared_total"));
    }

    private static Meter MeterOf(StageHost server) => server.Get<IMeterFactory>().Create("VampNet.Test");

    /// <summary>Also checks that the page is in the text format.</summary>
    private Task<PrometheusPage> PageAsync() => PrometheusPage.GetAsync(_server.Address);
}
