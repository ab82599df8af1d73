using System.Diagnostics;
using VampNet.Gateway.Generation;

namespace VampNet.Gateway.Telemetry;

/// <summary>Measures and traces one request, which begins now.</summary>
internal sealed class SongTelemetry(GatewayMetrics metrics, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();
    private int _isHeard;

    /// <summary>A variation, which begins now and ends when the result is disposed.</summary>
    public VariationTelemetry Variation(int number) => new(this, metrics, time, number);

    /// <summary>Audio went out to the caller.</summary>
    public void Heard()
    {
        if (Interlocked.Exchange(ref _isHeard, 1) == 0)
            metrics.FirstAudio(time.GetElapsedTime(_started));
    }
}

/// <summary>Measures and traces one variation of a song.</summary>
internal sealed class VariationTelemetry : IDisposable
{
    private readonly SongTelemetry _song;
    private readonly GatewayMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly Activity? _span;

    public VariationTelemetry(SongTelemetry song, GatewayMetrics metrics, TimeProvider time, int number)
    {
        (_song, _metrics, _time, _started) = (song, metrics, time, time.GetTimestamp());
        // Side by side, not one in the other.
        var around = Activity.Current;
        _span = GatewaySpans.Variation(number);
        Activity.Current = around;
    }

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
    public WindowTelemetry Window(WindowName name) => new(_metrics, _time, name);

    /// <inheritdoc cref="SongTelemetry.Heard"/>
    public void Heard() => _song.Heard();

    /// <param name="seconds">of music, all of which went out</param>
    public void Made(double seconds) => _metrics.VariationMade(seconds, _time.GetElapsedTime(_started));

    public void Dispose() => _span?.Dispose();
}

/// <summary>Measures and traces one window on its way to a stage and back.</summary>
internal sealed class WindowTelemetry(GatewayMetrics metrics, TimeProvider time, WindowName name) : IDisposable
{
    private readonly long _ready = time.GetTimestamp();
    private long _started;
    private Activity? _span;

    /// <summary>It has its place, and goes.</summary>
    public void Start()
    {
        _started = time.GetTimestamp();
        _span = GatewaySpans.Window(name);
        metrics.WindowStarted(name.Stage, time.GetElapsedTime(_ready, _started));
    }

    public void Dispose()
    {
        if (_started == 0)
            return; // called off while it waited
        metrics.WindowEnded(name.Stage, time.GetElapsedTime(_started));
        _span?.Dispose();
    }
}
