using System.Diagnostics;
using System.Diagnostics.Metrics;
using VampNet.Model.Layers;
using VampNet.Services.Hosting.Telemetry;

namespace VampNet.Services.Inference.Telemetry;

/// <summary>What happened to the calls of a stage to its device's thread (docs/telemetry.md).</summary>
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
        _queue = meter.CreateHistogram(
            "vampnet.compute.queue.duration", "s", "Time that a call waited for the device.", tags: null, Buckets.Seconds);
        _duration = meter.CreateHistogram("vampnet.compute.duration", "s", "Time that a call had the device.", tags: null, Buckets.Seconds);
        meter.CreateObservableUpDownCounter(
            "vampnet.torch.tensors", () => TensorCount.Alive, "{tensor}", "Tensors that are alive in the process.");
    }

    /// <summary>A call that waits for the device from now on.</summary>
    internal ComputeCall Queue(string operation, TimeProvider time)
    {
        _waiting.Add(1, _stage, Tag(operation));
        return new ComputeCall(this, operation, time);
    }

    internal void Started(string operation, TimeSpan waited)
    {
        _waiting.Add(-1, _stage, Tag(operation));
        _queue.Record(waited.TotalSeconds, _stage, Tag(operation));
    }

    internal void Ended(string operation, TimeSpan elapsed) => _duration.Record(elapsed.TotalSeconds, _stage, Tag(operation));

    private static KeyValuePair<string, object?> Tag(string operation) => new(TelemetryNames.Operation, operation);
}

/// <summary>One call's way through a device.</summary>
internal sealed class ComputeCall(ComputeMetrics metrics, string operation, TimeProvider time)
{
    private readonly long _queued = time.GetTimestamp();

    /// <summary>Runs on the device's thread.</summary>
    /// <returns>how long it took</returns>
    public TimeSpan Run(Action work)
    {
        var started = time.GetTimestamp();
        metrics.Started(operation, time.GetElapsedTime(_queued, started));
        try
        {
            work();
            return time.GetElapsedTime(started);
        }
        finally
        {
            metrics.Ended(operation, time.GetElapsedTime(started));
        }
    }
}

/// <summary>Spans of work on a device: one for each job, from its first step to its end.</summary>
internal static class ComputeSpans
{
    private static readonly ActivitySource Source = new("VampNet.Compute");

    /// <summary>Starts a span on behalf of a caller; the current span stays what it is.</summary>
    /// <param name="waited">time before the first step</param>
    public static Activity? Start(StageName stage, string operation, ActivityContext caller, TimeSpan waited)
    {
        var current = Activity.Current;
        var span = Source.StartActivity("compute", ActivityKind.Internal, caller);
        Activity.Current = current;
        span?.SetTag(StageName.Attribute, stage.Value);
        span?.SetTag(TelemetryNames.Operation, operation);
        span?.SetTag("vampnet.queue.duration", waited.TotalSeconds);
        return span;
    }
}
