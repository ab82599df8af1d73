using System.Diagnostics.Metrics;

namespace VampNet.Simulation.Mesh;

/// <summary>The metrics of one replica, of which two are read: jobs that wait and jobs under way, as autoscaling sees them.</summary>
internal sealed class ReplicaMeters : IMeterFactory
{
    private const string WaitingName = "vampnet.job.waiting", ActiveName = "vampnet.job.active";

    private readonly List<Meter> _meters = [];
    private readonly MeterListener _listener = new();

    public ReplicaMeters()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == this && instrument.Name is (WaitingName or ActiveName))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, change, _, _) =>
        {
            if (instrument.Name == WaitingName)
                Waiting += change;
            else
                Active += change;
        });
        _listener.Start();
    }

    /// <summary>Jobs that were in no step yet.</summary>
    public long Waiting { get; private set; }

    /// <summary>Jobs between their first step and their last.</summary>
    public long Active { get; private set; }

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(new MeterOptions(options.Name) { Scope = this });
        _meters.Add(meter);
        return meter;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meters.ForEach(meter => meter.Dispose());
    }
}
