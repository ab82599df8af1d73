using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace VampNet.Services.Hosting.Telemetry.Prometheus;

/// <summary>Keeps what the instruments of one server say, for Prometheus to fetch.</summary>
internal sealed class PrometheusCollector : IDisposable
{
    // What OpenTelemetry takes for histograms that advise nothing.
    private static readonly double[] DefaultBounds = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000];

    private readonly ConcurrentDictionary<string, PrometheusFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private readonly IMeterFactory _server;

    /// <param name="server">of the server: where several share a process, each shows its own instruments, and those of the process</param>
    public PrometheusCollector(IMeterFactory server)
    {
        _server = server;
        _listener.InstrumentPublished = Hear;
        Listen<byte>();
        Listen<short>();
        Listen<int>();
        Listen<long>();
        Listen<float>();
        Listen<double>();
        Listen<decimal>();
        _listener.Start();
    }

    /// <summary>Everything, in the text format.</summary>
    public string Collect()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var (_, family) in _families.OrderBy(f => f.Key, StringComparer.Ordinal))
            family.Write(text);
        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private void Hear(Instrument instrument, MeterListener listener)
    {
        var meter = instrument.Meter;
        if (!TelemetryNames.IsMeter(meter.Name) || (meter.Scope is not null && !ReferenceEquals(meter.Scope, _server)) || Shape(instrument) is not var (kind, adds, bounds))
            return;
        var name = PrometheusNames.Metric(instrument.Name, instrument.Unit, kind);
        var family = _families.GetOrAdd(name, _ => new PrometheusFamily(name, instrument.Description ?? "", kind, bounds));
        // Two instruments of one name but of different kinds cannot be told apart there: the first stays.
        if (family.Kind == kind)
            listener.EnableMeasurementEvents(instrument, new Target(family, adds));
    }

    private void Listen<T>()
        where T : struct, IConvertible => _listener.SetMeasurementEventCallback<T>(static (_, measurement, tags, state) =>
    {
        var (family, adds) = (Target)state!;
        var value = measurement.ToDouble(CultureInfo.InvariantCulture);
        if (adds)
            family.Add(tags, value);
        else
            family.Set(tags, value);
    });

    /// <summary>What kind of metric an instrument is, whether its measurements add up, and the bounds of its buckets.</summary>
    private static (PrometheusKind Kind, bool Adds, double[] Bounds)? Shape(Instrument instrument)
    {
        var type = instrument.GetType();
        if (!type.IsGenericType)
            return null;
        var shape = type.GetGenericTypeDefinition();
        if (shape == typeof(Counter<>))
            return (PrometheusKind.Counter, true, []);
        if (shape == typeof(ObservableCounter<>))
            return (PrometheusKind.Counter, false, []);
        if (shape == typeof(UpDownCounter<>))
            return (PrometheusKind.Gauge, true, []);
        if (shape == typeof(Gauge<>) || shape == typeof(ObservableGauge<>) || shape == typeof(ObservableUpDownCounter<>))
            return (PrometheusKind.Gauge, false, []);
        return shape == typeof(Histogram<>) ? (PrometheusKind.Histogram, true, Bounds(instrument)) : null;
    }

    private static double[] Bounds(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(b => (double)b)],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(b => (double)b)],
        _ => DefaultBounds,
    };

    private sealed record Target(PrometheusFamily Family, bool Adds);
}
