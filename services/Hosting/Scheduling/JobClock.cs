using VampNet.Services.Hosting.Telemetry;

namespace VampNet.Services.Hosting.Scheduling;

/// <summary>Tells the metrics what becomes of one generation, and how long it takes.</summary>
internal sealed class JobClock
{
    private readonly GenerationMetrics _metrics;
    private readonly TimeProvider _time;
    private long _ready; // since when it could make its next step
    private long? _admitted;

    public JobClock(GenerationMetrics metrics, TimeProvider time)
    {
        (_metrics, _time, _ready) = (metrics, time, time.GetTimestamp());
        metrics.Queued();
    }

    private TimeSpan Elapsed => _time.GetElapsedTime(_admitted ?? _ready);

    /// <summary>It is in the next batch.</summary>
    public void Chosen()
    {
        var waited = _time.GetElapsedTime(_ready);
        if (_admitted is null)
            _metrics.Admitted(waited);
        else
            _metrics.Batched(waited);
        _admitted ??= _time.GetTimestamp();
    }

    public void Stepped() => _ready = _time.GetTimestamp();

    /// <param name="tokens">that were generated</param>
    public void Finished(long tokens) => _metrics.Finished(tokens, Elapsed);

    public void Failed() => _metrics.Failed(Elapsed);

    public void CalledOff()
    {
        if (_admitted is null)
            _metrics.Abandoned();
        else
            _metrics.Cancelled(Elapsed);
    }
}
