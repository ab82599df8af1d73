using VampNet.Load.Servers;

namespace VampNet.Load.Tests;

/// <summary>What is read from the servers' own metrics.</summary>
public sealed class ServerMetricsTests
{
    private const string Labels = "vampnet_operation=\"generate\",vampnet_stage=\"coarse\"";

    [Fact]
    public void Histograms_are_compared_with_those_before_the_run()
    {
        var before = MetricsSample.Parse(Page(queue: (2, 1), service: (2, 4), waits: (4, 1), batches: (10, 15), device: (10, 3)));
        var after = MetricsSample.Parse(Page(queue: (6, 3), service: (6, 12), waits: (12, 3), batches: (30, 55), device: (30, 8)));
        var news = after.Since(before);
        Assert.Equal(["vampnet_batch_size", "vampnet_batch_wait_seconds"], news.Take(2).Select(h => h.Metric));
        Assert.Equal((20L, 2), (news[0].Count, news[0].Mean));
        Assert.Equal(
            new ServerWork("coarse", "generate", Jobs: 4, Queue: 0.5, Service: 2, Waits: 0.5, BatchSize: 2, DeviceShare: 0.5),
            Assert.Single(ServerWork.Of(news, seconds: 10)));
        Assert.Empty(after.Since(after));
    }

    [Fact]
    public void A_server_that_was_started_anew_counts_from_nothing()
    {
        var before = MetricsSample.Parse(Page(queue: (6, 3), service: (6, 12), waits: (12, 3), batches: (30, 55), device: (30, 8)));
        var after = MetricsSample.Parse(Page(queue: (2, 1), service: (2, 4), waits: (4, 1), batches: (10, 15), device: (10, 3)));
        Assert.Equal(2, after.Since(before).Single(h => h.Metric == "vampnet_job_queue_duration_seconds").Count);
    }

    [Fact]
    public void Servers_are_added_up()
    {
        var one = MetricsSample.Parse(Page(queue: (2, 1), service: (2, 4), waits: (4, 1), batches: (10, 15), device: (10, 3)));
        var queue = MetricsSample.Join([one, one]).Since(MetricsSample.Parse(""))
            .Single(h => h.Metric == "vampnet_job_queue_duration_seconds");
        Assert.Equal((4L, 0.5), (queue.Count, queue.Mean));
        Assert.Equal(("coarse", "generate"), (queue.Labels["vampnet_stage"], queue.Labels["vampnet_operation"]));
    }

    private static string Page(
        (int Count, double Sum) queue, (int Count, double Sum) service, (int Count, double Sum) waits, (int Count, double Sum) batches,
        (int Count, double Sum) device) =>
        "# TYPE vampnet_job_queue_duration_seconds histogram\n"
        + "vampnet_job_active{vampnet_stage=\"coarse\"} 3\n"
        + Histogram("vampnet_job_queue_duration_seconds", queue)
        + Histogram("vampnet_job_duration_seconds", service, ",vampnet_outcome=\"finished\"")
        + Histogram("vampnet_batch_wait_seconds", waits) + Histogram("vampnet_batch_size", batches)
        + Histogram("vampnet_compute_duration_seconds", device);

    private static string Histogram(string name, (int Count, double Sum) values, string more = "") => FormattableString.Invariant(
        $$"""
        {{name}}_bucket{{{Labels}}{{more}},le="+Inf"} {{values.Count}}
        {{name}}_sum{{{Labels}}{{more}}} {{values.Sum}}
        {{name}}_count{{{Labels}}{{more}}} {{values.Count}}

        """);
}
