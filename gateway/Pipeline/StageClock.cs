using Google.Protobuf.WellKnownTypes;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.Pipeline;

/// <summary>How long each stage was at work: from the first call to it to the end of the last.</summary>
/// <param name="earlier">what was measured already; it goes on being measured by itself</param>
internal sealed class StageClock(TimeProvider time, StageClock? earlier = null)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Stage, (long Started, long Ended)> _spans = new(earlier?._spans ?? []);

    /// <summary>A call to a stage, from now until the result is disposed.</summary>
    public IDisposable Measure(Stage stage)
    {
        Start(stage);
        return new Call(() => End(stage));
    }

    /// <summary>A stage has something to do.</summary>
    public void Start(Stage stage)
    {
        var now = time.GetTimestamp();
        lock (_lock)
            _spans.TryAdd(stage, (now, now));
    }

    /// <summary>A stage that was started has done what it had to do, so far.</summary>
    public void End(Stage stage)
    {
        lock (_lock)
            _spans[stage] = (_spans[stage].Started, time.GetTimestamp());
    }

    /// <summary>The stages that ran, in the order of the pipeline.</summary>
    public IReadOnlyList<StageTime> Times()
    {
        lock (_lock)
            return [.. _spans.OrderBy(s => s.Key).Select(s => new StageTime { Stage = s.Key, Elapsed = Duration.FromTimeSpan(time.GetElapsedTime(s.Value.Started, s.Value.Ended)) })];
    }

    private sealed class Call(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
