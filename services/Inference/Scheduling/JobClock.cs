using System.Diagnostics;
using VampNet.Services.Inference.Telemetry;

namespace VampNet.Services.Inference.Scheduling;

/// <summary>Tells metrics and traces what becomes of one job, and how long it takes. Made on behalf of the current span.</summary>
internal sealed class JobClock
{
    private readonly JobMetrics _metrics;
    private readonly WorkCounts _counts;
    private readonly TimeProvider _time;
    private readonly string _operation;
    private readonly ActivityContext _caller = Activity.Current?.Context ?? default;
    private Activity? _span;
    private long _ready; // since when it could make its next step
    private long? _admitted;

    public JobClock(JobMetrics metrics, WorkCounts counts, TimeProvider time, string operation)
    {
        (_metrics, _counts, _time, _operation, _ready) = (metrics, counts, time, operation, time.GetTimestamp());
        metrics.Queued(operation);
    }

    private TimeSpan Elapsed => _time.GetElapsedTime(_admitted ?? _ready);

    /// <summary>It is in the next batch.</summary>
    public void OnScheduled()
    {
        var waited = _time.GetElapsedTime(_ready);
        if (_admitted is null)
        {
            _metrics.Admitted(_operation, waited);
            _counts.Admitted(_operation, waited);
            _span = ComputeSpans.Start(_metrics.Stage, _operation, _caller, waited);
        }
        else
        {
            _metrics.Batched(_operation, waited);
        }
        _admitted ??= _time.GetTimestamp();
    }

    public void Stepped() => _ready = _time.GetTimestamp();

    /// <returns>time since the first step began</returns>
    public TimeSpan Finished()
    {
        End("finished");
        _counts.Finished(_operation, Elapsed);
        return Elapsed;
    }

    public void Failed() => End("failed");

    public void Cancelled()
    {
        if (_admitted is null)
            _metrics.Abandoned(_operation);
        else
            End("cancelled");
    }

    private void End(string outcome)
    {
        _metrics.Ended(_operation, outcome, Elapsed);
        _span?.SetTag("vampnet.outcome", outcome);
        _span?.Dispose();
    }
}
