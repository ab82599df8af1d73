using System.Diagnostics.Metrics;
using VampNet.Gateway;
using VampNet.Services.Hosting.Telemetry;
using VampNet.Services.Inference.Telemetry;

namespace VampNet.Mesh.Tests.Telemetry;

/// <summary>The instruments of all classes of metrics that there are, found by their names.</summary>
internal static class AllInstruments
{
    /// <param name="factory">whose instruments they become; a factory that had none before</param>
    public static List<Instrument> Create(IMeterFactory factory)
    {
        var found = new List<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, factory))
                    found.Add(instrument);
            },
        };
        listener.Start();
        foreach (var type in new[] { typeof(StageName).Assembly, typeof(ComputeMetrics).Assembly,
            typeof(GatewayStage).Assembly }.SelectMany(a => a.GetTypes())
            .Where(t => t.Name.EndsWith("Metrics", StringComparison.Ordinal) && t.IsClass))
        {
            object[] all = [factory, new StageName("stage")];
            _ = Activator.CreateInstance(type, all[..type.GetConstructors()[0].GetParameters().Length]);
        }
        return found;
    }
}
