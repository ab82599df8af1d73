using System.Diagnostics;

namespace VampNet.Services.Hosting.Telemetry.Compute;

/// <summary>Measures and traces the calls of a stage to its device's lane.</summary>
public sealed class ComputeTelemetry(ComputeMetrics metrics, StageName stage, TimeProvider time)
{
    /// <summary>Spans of work on a device.</summary>
    public static ActivitySource Source { get; } = new("VampNet.Compute");

    /// <summary>A call that waits for the lane from now on, on behalf of the current span.</summary>
    internal ComputeCall Queue() => new(metrics, stage, time);
}

/// <summary>One call's way through a lane; disposed when its caller has gone on.</summary>
internal sealed class ComputeCall : IDisposable
{
    private readonly ComputeMetrics _metrics;
    private readonly StageName _stage;
    private readonly TimeProvider _time;
    private readonly ActivityContext _caller = Activity.Current?.Context ?? default;
    private readonly long _queued;
    private int _hasLeftQueue;

    public ComputeCall(ComputeMetrics metrics, StageName stage, TimeProvider time)
    {
        (_metrics, _stage, _time, _queued) = (metrics, stage, time, time.GetTimestamp());
        metrics.Queued();
    }

    /// <summary>Runs on the lane's thread, which knows nothing of the caller's span by itself.</summary>
    public TResult Run<TResult>(Func<TResult> work)
    {
        var (started, waited) = (_time.GetTimestamp(), _time.GetElapsedTime(_queued));
        if (Interlocked.Exchange(ref _hasLeftQueue, 1) == 0)
            _metrics.Started(waited);
        using var span = ComputeTelemetry.Source.StartActivity("compute", ActivityKind.Internal, _caller);
        span?.SetTag(StageName.Attribute, _stage.Value);
        span?.SetTag("vampnet.queue.duration", waited.TotalSeconds);
        try
        {
            return work();
        }
        finally
        {
            _metrics.Ended(_time.GetElapsedTime(started));
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _hasLeftQueue, 1) == 0)
            _metrics.Abandoned();
    }
}
