using System.Diagnostics.Metrics;
using VampNet.Services.Hosting.Telemetry;

namespace VampNet.Services.Inference.Telemetry;

/// <summary>What generators made (docs/telemetry.md).</summary>
public sealed class GenerationMetrics
{
    private readonly KeyValuePair<string, object?> _stage;
    private readonly Counter<long> _tokens;
    private readonly Histogram<double> _rate;

    public GenerationMetrics(IMeterFactory meters, StageName stage)
    {
        _stage = stage.Tag;
        var meter = meters.Create("VampNet.Generation");
        _tokens = meter.CreateCounter<long>("vampnet.generation.tokens", "{token}", "Tokens that finished generations got.");
        _rate = meter.CreateHistogram(
            "vampnet.generation.token_rate", "{token}/s", "Tokens a second of a finished generation.", tags: null, Buckets.TokensPerSecond);
    }

    /// <param name="tokens">that were generated</param>
    /// <param name="elapsed">since the first step began</param>
    public void Finished(long tokens, TimeSpan elapsed)
    {
        _tokens.Add(tokens, _stage);
        if (elapsed > TimeSpan.Zero)
            _rate.Record(tokens / elapsed.TotalSeconds, _stage);
    }
}
