using System.Diagnostics.Metrics;

namespace VampNet.Services.Hosting.Telemetry;

/// <summary>What happened to the sequences of a generator and to the batches that they ran in (docs/telemetry.md).</summary>
public sealed class GenerationMetrics
{
    private readonly KeyValuePair<string, object?> _stage;
    private readonly UpDownCounter<long> _waiting;
    private readonly UpDownCounter<long> _active;
    private readonly Histogram<double> _queue;
    private readonly Histogram<double> _batchWait;
    private readonly Histogram<double> _batchDuration;
    private readonly Histogram<int> _batchSize;
    private readonly Counter<long> _frames;
    private readonly Counter<long> _steps;
    private readonly Counter<long> _tokens;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _rate;

    public GenerationMetrics(IMeterFactory meters, StageName stage)
    {
        _stage = stage.Tag;
        var meter = meters.Create("VampNet.Generation");
        _waiting = meter.CreateUpDownCounter<long>("vampnet.generation.waiting", "{sequence}", "Sequences that wait to be admitted.");
        _active = meter.CreateUpDownCounter<long>("vampnet.generation.active", "{sequence}", "Sequences that are admitted.");
        _queue = meter.CreateHistogram("vampnet.generation.queue.duration", "s", "Time from a sequence's arrival to its admission.", tags: null, Buckets.Seconds);
        _batchWait = meter.CreateHistogram("vampnet.generation.batch.wait", "s", "Time that an admitted sequence waited for the batch of its next step.", tags: null, Buckets.Seconds);
        _batchDuration = meter.CreateHistogram("vampnet.generation.batch.duration", "s", "Time of one step of a batch.", tags: null, Buckets.Seconds);
        _batchSize = meter.CreateHistogram("vampnet.generation.batch.size", "{sequence}", "Sequences in a batch.", tags: null, Buckets.Counts);
        _frames = meter.CreateCounter<long>("vampnet.generation.frames", "{frame}", "Frames that steps of sequences went over.");
        _steps = meter.CreateCounter<long>("vampnet.generation.steps", "{step}", "Sampling steps of sequences.");
        _tokens = meter.CreateCounter<long>("vampnet.generation.tokens", "{token}", "Tokens that finished sequences got.");
        _duration = meter.CreateHistogram("vampnet.generation.sequence.duration", "s", "Time from a sequence's admission to its end, by outcome.", tags: null, Buckets.Seconds);
        _rate = meter.CreateHistogram("vampnet.generation.token_rate", "{token}/s", "Tokens a second of a finished sequence.", tags: null, Buckets.TokensPerSecond);
    }

    /// <summary>A sequence has come, and waits.</summary>
    public void Queued() => _waiting.Add(1, _stage);

    /// <summary>A sequence left the queue unadmitted: it was called off, or its deadline passed.</summary>
    public void Abandoned() => _waiting.Add(-1, _stage);

    /// <summary>A sequence left the queue, and takes part in batches from now on.</summary>
    public void Admitted(TimeSpan queueTime)
    {
        _waiting.Add(-1, _stage);
        _active.Add(1, _stage);
        _queue.Record(queueTime.TotalSeconds, _stage);
    }

    /// <summary>An admitted sequence was chosen for a batch, so long after it could have run.</summary>
    public void Batched(TimeSpan waited) => _batchWait.Record(waited.TotalSeconds, _stage);

    /// <summary>A batch has run one step.</summary>
    /// <param name="batchSize">sequences</param>
    /// <param name="frames">of all sequences together</param>
    public void BatchRan(int batchSize, long frames, TimeSpan elapsed)
    {
        _batchSize.Record(batchSize, _stage);
        _batchDuration.Record(elapsed.TotalSeconds, _stage);
        _steps.Add(batchSize, _stage);
        _frames.Add(frames, _stage);
    }

    /// <summary>An admitted sequence is done.</summary>
    /// <param name="tokens">that were generated for it</param>
    /// <param name="elapsed">since it was admitted</param>
    public void Finished(long tokens, TimeSpan elapsed)
    {
        End("finished", elapsed);
        _tokens.Add(tokens, _stage);
        if (elapsed > TimeSpan.Zero)
            _rate.Record(tokens / elapsed.TotalSeconds, _stage);
    }

    /// <summary>An admitted sequence was called off, or its deadline passed.</summary>
    /// <param name="elapsed">since it was admitted</param>
    public void Cancelled(TimeSpan elapsed) => End("cancelled", elapsed);

    /// <summary>An admitted sequence broke.</summary>
    /// <param name="elapsed">since it was admitted</param>
    public void Failed(TimeSpan elapsed) => End("failed", elapsed);

    private void End(string outcome, TimeSpan elapsed)
    {
        _active.Add(-1, _stage);
        _duration.Record(elapsed.TotalSeconds, _stage, new KeyValuePair<string, object?>("vampnet.outcome", outcome));
    }
}
