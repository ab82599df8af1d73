using System.Diagnostics.Metrics;
using static TorchSharp.torch;

namespace VampNet.Services.Hosting.Telemetry.Compute;

/// <summary>What happened to the calls of a stage to its device's lane (docs/telemetry.md).</summary>
public sealed class ComputeMetrics
{
    private readonly KeyValuePair<string, object?> _stage;
    private readonly UpDownCounter<long> _waiting;
    private readonly Histogram<double> _queue;
    private readonly Histogram<double> _duration;

    public ComputeMetrics(IMeterFactory meters, StageName stage)
    {
        _stage = stage.Tag;
        var meter = meters.Create("VampNet.Compute");
        _waiting = meter.CreateUpDownCounter<long>("vampnet.compute.waiting", "{call}", "Calls that wait for the device.");
        _queue = meter.CreateHistogram("vampnet.compute.queue.duration", "s", "Time that a call waited for the device.", tags: null, Buckets.Seconds);
        _duration = meter.CreateHistogram("vampnet.compute.duration", "s", "Time that a call had the device.", tags: null, Buckets.Seconds);
        meter.CreateObservableUpDownCounter("vampnet.torch.tensors", () => Tensor.TotalCount, "{tensor}", "Tensors that are alive in the process.");
    }

    public void Queued() => _waiting.Add(1, _stage);

    /// <summary>A call was taken out of the queue before it ran.</summary>
    public void Abandoned() => _waiting.Add(-1, _stage);

    public void Started(TimeSpan waited)
    {
        _waiting.Add(-1, _stage);
        _queue.Record(waited.TotalSeconds, _stage);
    }

    public void Ended(TimeSpan elapsed) => _duration.Record(elapsed.TotalSeconds, _stage);
}
