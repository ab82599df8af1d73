using System.Diagnostics;
using VampNet.Protos.Vamp.V1;

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
internal sealed class VariationTelemetry(SongTelemetry song, GatewayMetrics metrics, TimeProvider time, int number) : IDisposable
{
    private readonly long _started = time.GetTimestamp();
    private readonly Activity? _span = GatewaySpans.Variation(number);

    /// <summary>A window that could go to its stage, from now on.</summary>
    public WindowTelemetry Window(Stage stage) => new(metrics, time, stage);

    /// <inheritdoc cref="SongTelemetry.Heard"/>
    public void Heard() => song.Heard();

    /// <param name="seconds">of music, all of which went out</param>
    public void Made(double seconds) => metrics.VariationMade(seconds, time.GetElapsedTime(_started));

    public void Dispose() => _span?.Dispose();
}

/// <summary>Measures and traces one window on its way to a stage and back.</summary>
internal sealed class WindowTelemetry(GatewayMetrics metrics, TimeProvider time, Stage stage) : IDisposable
{
    private readonly long _ready = time.GetTimestamp();
    private long _started;
    private Activity? _span;

    /// <summary>It has its place, and goes.</summary>
    public void Start()
    {
        _started = time.GetTimestamp();
        _span = GatewaySpans.Window(stage);
        metrics.WindowStarted(stage, time.GetElapsedTime(_ready, _started));
    }

    public void Dispose()
    {
        if (_started == 0)
            return; // called off while it waited
        metrics.WindowEnded(stage, time.GetElapsedTime(_started));
        _span?.Dispose();
    }
}
