using System.Diagnostics.Metrics;
using VampNet.Services.Hosting.Telemetry;

namespace VampNet.Services.Inference.Telemetry;

/// <summary>How much music went through the stages that hear or make sound (docs/telemetry.md).</summary>
public sealed class AudioMetrics
{
    private readonly KeyValuePair<string, object?> _stage;
    private readonly Counter<double> _audio;

    public AudioMetrics(IMeterFactory meters, StageName stage)
    {
        _stage = stage.Tag;
        _audio = meters.Create("VampNet.Audio").CreateCounter<double>("vampnet.audio.duration", "s", "Music that went through the device.");
    }

    public void Encoded(double seconds) => Add("encode", seconds);

    public void Decoded(double seconds) => Add("decode", seconds);

    public void Tracked(double seconds) => Add("track", seconds);

    private void Add(string operation, double seconds) =>
        _audio.Add(seconds, _stage, new KeyValuePair<string, object?>(TelemetryNames.Operation, operation));
}
