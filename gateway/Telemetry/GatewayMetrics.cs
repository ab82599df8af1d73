using System.Diagnostics.Metrics;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Telemetry;

namespace VampNet.Gateway.Telemetry;

/// <summary>What happened to requests and their windows on their way through the stages (docs/telemetry.md).</summary>
internal sealed class GatewayMetrics
{
    private readonly Histogram<double> _windowWait;
    private readonly Histogram<double> _window;
    private readonly Histogram<double> _firstAudio;
    private readonly Histogram<double> _realTimeFactor;
    private readonly Counter<double> _audio;
    private readonly Counter<long> _frameSteps;
    private readonly Counter<long> _putOff;
    private readonly Counter<long> _hedged;
    private readonly Counter<long> _refusals;
    private readonly Gauge<int> _weights;
    private readonly Counter<long> _cacheRequests;
    private readonly UpDownCounter<long> _cacheSize;
    private readonly Counter<long> _cacheEvictions;

    public GatewayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("VampNet.Gateway");
        _windowWait = meter.CreateHistogram(
            "vampnet.gateway.window.wait", "s", "Time that a window, ready to go, waited for a permit to be at its stage.", tags: null,
            Buckets.Seconds);
        _window = meter.CreateHistogram(
            "vampnet.gateway.window.duration", "s", "Time of a window's call to its stage.", tags: null, Buckets.Seconds);
        _firstAudio = meter.CreateHistogram(
            "vampnet.gateway.time_to_first_audio", "s", "Time from the start of a request to its first audio.", tags: null,
            Buckets.Seconds);
        _realTimeFactor = meter.CreateHistogram(
            "vampnet.gateway.real_time_factor", "1", "Time to make a variation, per time of its music.", tags: null,
            Buckets.RealTimeFactors);
        _hedged = meter.CreateCounter<long>(
            "vampnet.gateway.hedged", "{call}", "Calls that took long, and were made on a second replica as well.");
        _refusals = meter.CreateCounter<long>(
            "vampnet.gateway.refusals", "{call}", "Calls that were not let in: of callers who are unknown, may not, or call too often.");
        _weights = meter.CreateGauge<int>(
            "vampnet.gateway.weights", "{version}", "Different weights that the replicas of a stage serve: 1, but during a rollout.");
        _putOff = meter.CreateCounter<long>(
            "vampnet.gateway.put_off", "{call}", "Calls that a full replica had no permit for, and that went elsewhere or waited.");
        _cacheRequests = meter.CreateCounter<long>(
            "vampnet.gateway.cache.requests", "{request}", "Audio that a stage was to read, and whether the gateway knew the result.");
        _cacheSize = meter.CreateUpDownCounter<long>("vampnet.gateway.cache.size", "By", "What the gateway remembers of audio.");
        _cacheEvictions = meter.CreateCounter<long>(
            "vampnet.gateway.cache.evictions", "{entry}", "What had to make room for something newer.");
        _audio = meter.CreateCounter<double>("vampnet.gateway.audio", "s", "Music that was made.");
        _frameSteps = meter.CreateCounter<long>(
            "vampnet.gateway.frame_steps", "{frame}", "Work of the generators for variations that were made: frames times sampling steps.");
    }

    public void WindowStarted(Stage stage, TimeSpan waited) => _windowWait.Record(waited.TotalSeconds, GatewayStageNames.Tag(stage));

    public void WindowEnded(Stage stage, TimeSpan elapsed) => _window.Record(elapsed.TotalSeconds, GatewayStageNames.Tag(stage));

    /// <param name="stage">name of the stage that took long</param>
    public void Hedged(string stage) => _hedged.Add(1, new KeyValuePair<string, object?>(StageName.Attribute, stage));

    /// <param name="reason">in capitals, such as CREDENTIALS_MISSING</param>
    public void Refused(string reason) => _refusals.Add(1, new KeyValuePair<string, object?>("vampnet.reason", reason));

    public void WeightsServed(string stage, int versions) =>
        _weights.Record(versions, new KeyValuePair<string, object?>(StageName.Attribute, stage));

    /// <param name="stage">name of the stage whose replica was full</param>
    public void PutOff(string stage) => _putOff.Add(1, new KeyValuePair<string, object?>(StageName.Attribute, stage));

    /// <param name="stage">that was to read audio</param>
    /// <param name="isHit">what it would say is known</param>
    public void CacheAsked(Stage stage, bool isHit) =>
        _cacheRequests.Add(1, GatewayStageNames.Tag(stage), new KeyValuePair<string, object?>("vampnet.outcome", isHit ? "hit" : "miss"));

    public void CacheGrew(long bytes) => _cacheSize.Add(bytes);

    public void CacheEvicted(Stage stage) => _cacheEvictions.Add(1, GatewayStageNames.Tag(stage));

    /// <param name="elapsed">since the request began</param>
    public void FirstAudio(TimeSpan elapsed) => _firstAudio.Record(elapsed.TotalSeconds);

    /// <param name="tenant">who pays</param>
    /// <param name="elapsed">since the variation began</param>
    public void VariationMade(Bill bill, string tenant, TimeSpan elapsed)
    {
        var payer = new KeyValuePair<string, object?>("vampnet.tenant", tenant);
        _audio.Add(bill.AudioSeconds, payer);
        _frameSteps.Add((long)bill.FrameSteps, payer);
        _realTimeFactor.Record(elapsed.TotalSeconds / bill.AudioSeconds);
    }
}
