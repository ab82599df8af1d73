using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.Telemetry;

/// <summary>Measures and traces one request, which begins now: the only place where a request is timed.</summary>
/// <param name="tenant">on whose behalf; empty = nobody's</param>
internal sealed class RequestTelemetry(GatewayMetrics metrics, TimeProvider time, string tenant)
{
    private readonly long _started = time.GetTimestamp();
    private readonly StageTimes _stages = new(time);
    private int _hasAudio;

    /// <summary>On whose behalf the request is made.</summary>
    public string Tenant => tenant;

    /// <summary>A call to a stage on behalf of all variations, from now until the result is disposed.</summary>
    public IDisposable Measure(Stage stage) => _stages.Measure(stage);

    /// <summary>A variation, which begins now and ends when the result is disposed.</summary>
    public VariationTelemetry Variation(int number) => new(this, metrics, time, new StageTimes(time, _stages), number);

    /// <summary>Audio was sent to the caller.</summary>
    public void AudioSent()
    {
        if (Interlocked.Exchange(ref _hasAudio, 1) == 0)
            metrics.FirstAudio(time.GetElapsedTime(_started));
    }
}

/// <summary>Measures and traces one variation.</summary>
internal sealed class VariationTelemetry : IDisposable
{
    private readonly RequestTelemetry _request;
    private readonly GatewayMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly StageTimes _stages;
    private readonly long _started;
    private readonly Activity? _span;

    /// <param name="stages">times that the request's stages took before its variations began</param>
    public VariationTelemetry(RequestTelemetry request, GatewayMetrics metrics, TimeProvider time, StageTimes stages, int number)
    {
        (_request, _metrics, _time, _stages, _started) = (request, metrics, time, stages, time.GetTimestamp());
        // Side by side, not one in the other.
        var around = Activity.Current;
        _span = GatewaySpans.Variation(number);
        Activity.Current = around;
    }

    /// <summary>How long each stage was at work, in the order of the pipeline.</summary>
    public IReadOnlyList<StageTime> Times => _stages.All();

    /// <summary>What begins in <paramref name="work"/> lies under the span of this variation.</summary>
    public T Within<T>(Func<T> work)
    {
        var around = Activity.Current;
        Activity.Current = _span ?? around;
        try
        {
            return work();
        }
        finally
        {
            Activity.Current = around;
        }
    }

    /// <summary>A window that could go to its stage, from now on.</summary>
    public WindowTelemetry Window(WindowName name) => new(_metrics, _time, _stages, name);

    /// <summary>The first tokens are known: decoding begins.</summary>
    public void DecodingStarted() => _stages.Start(Stage.Decode);

    /// <summary>The last samples are there.</summary>
    public void DecodingEnded() => _stages.End(Stage.Decode);

    /// <inheritdoc cref="RequestTelemetry.AudioSent"/>
    public void AudioSent() => _request.AudioSent();

    /// <summary>The whole variation was sent.</summary>
    public void Made(Bill bill) => _metrics.VariationMade(bill, _request.Tenant, _time.GetElapsedTime(_started));

    public void Dispose() => _span?.Dispose();
}

/// <summary>Measures and traces one window on its way to a stage and back.</summary>
internal sealed class WindowTelemetry(GatewayMetrics metrics, TimeProvider time, StageTimes stages, WindowName name) : IDisposable
{
    private readonly long _ready = time.GetTimestamp();
    private long _started;
    private IDisposable? _stage;
    private Activity? _span;

    /// <summary>It has its permit, and goes.</summary>
    public void Start()
    {
        _started = time.GetTimestamp();
        _stage = stages.Measure(name.Stage);
        _span = GatewaySpans.Window(name);
        metrics.WindowStarted(name.Stage, time.GetElapsedTime(_ready, _started));
    }

    public void Dispose()
    {
        if (_started == 0)
            return; // cancelled while it waited
        metrics.WindowEnded(name.Stage, time.GetElapsedTime(_started));
        _stage!.Dispose();
        _span?.Dispose();
    }
}

/// <summary>How long each stage was at work: from the first call to it to the end of the last.</summary>
/// <param name="earlier">what was measured already; it goes on being measured by itself</param>
internal sealed class StageTimes(TimeProvider time, StageTimes? earlier = null)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Stage, (long Started, long Ended)> _spans = new(earlier?._spans ?? []);

    public IDisposable Measure(Stage stage)
    {
        Start(stage);
        return new Call(() => End(stage));
    }

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
    public IReadOnlyList<StageTime> All()
    {
        lock (_lock)
            return [
                .. _spans.OrderBy(s => s.Key)
                .Select(
                    s => new StageTime
                    {
                        Stage = s.Key,
                        Elapsed = Duration.FromTimeSpan(time.GetElapsedTime(s.Value.Started, s.Value.Ended)),
                    })];
    }

    private sealed class Call(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
