using System.Diagnostics.Metrics;

namespace VampNet.Benchmarks.Capacity;

/// <summary>How long the devices of this process have computed, as the stages' own metric says.</summary>
internal sealed class ComputeTime : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private double _seconds;

    public ComputeTime()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "vampnet.compute.duration")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, seconds, _, _) =>
        {
            lock (_lock)
                _seconds += seconds;
        });
        _listener.Start();
    }

    /// <summary>Of all devices, since this began to listen.</summary>
    public double Seconds
    {
        get
        {
            lock (_lock)
                return _seconds;
        }
    }

    public void Dispose() => _listener.Dispose();
}
