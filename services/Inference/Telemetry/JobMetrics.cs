using System.Diagnostics.Metrics;
using VampNet.Services.Hosting.Telemetry;

namespace VampNet.Services.Inference.Telemetry;

/// <summary>What happened to the jobs of a stage and to the batches that they ran in (docs/telemetry.md).</summary>
public sealed class JobMetrics
{
    private readonly UpDownCounter<long> _waiting;
    private readonly UpDownCounter<long> _active;
    private readonly Histogram<double> _queue;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _steps;
    private readonly Histogram<double> _batchWait;
    private readonly Histogram<int> _batchSize;
    private readonly Counter<long> _frames;

    public JobMetrics(IMeterFactory meters, StageName stage)
    {
        Stage = stage;
        var meter = meters.Create("VampNet.Jobs");
        _waiting = meter.CreateUpDownCounter<long>("vampnet.job.waiting", "{job}", "Jobs that wait to be admitted.");
        _active = meter.CreateUpDownCounter<long>("vampnet.job.active", "{job}", "Jobs that are admitted.");
        _queue = meter.CreateHistogram(
            "vampnet.job.queue.duration", "s", "Time from a job's arrival to its admission.", tags: null, Buckets.Seconds);
        _duration = meter.CreateHistogram(
            "vampnet.job.duration", "s", "Time from a job's admission to its end, by outcome.", tags: null, Buckets.Seconds);
        _steps = meter.CreateCounter<long>("vampnet.job.steps", "{step}", "Steps of jobs.");
        _batchWait = meter.CreateHistogram(
            "vampnet.batch.wait", "s", "Time that an admitted job waited for the batch of its next step.", tags: null, Buckets.Seconds);
        _batchSize = meter.CreateHistogram("vampnet.batch.size", "{job}", "Jobs in a batch.", tags: null, Buckets.Counts);
        _frames = meter.CreateCounter<long>("vampnet.batch.frames", "{frame}", "Frames that steps of jobs went over.");
    }

    public StageName Stage { get; }

    /// <summary>A job has come, and waits.</summary>
    public void Queued(string operation) => _waiting.Add(1, Stage.Tag, Tag(operation));

    /// <summary>A job left the queue unadmitted: it was cancelled, or its deadline passed.</summary>
    public void Abandoned(string operation) => _waiting.Add(-1, Stage.Tag, Tag(operation));

    /// <summary>A job left the queue, and takes part in batches from now on.</summary>
    public void Admitted(string operation, TimeSpan queueTime)
    {
        _waiting.Add(-1, Stage.Tag, Tag(operation));
        _active.Add(1, Stage.Tag, Tag(operation));
        _queue.Record(queueTime.TotalSeconds, Stage.Tag, Tag(operation));
    }

    /// <summary>An admitted job was chosen for a batch, so long after it could have run.</summary>
    public void Batched(string operation, TimeSpan waited) => _batchWait.Record(waited.TotalSeconds, Stage.Tag, Tag(operation));

    /// <summary>A batch has made a step.</summary>
    /// <param name="batchSize">jobs</param>
    /// <param name="frames">of all jobs together</param>
    public void BatchRan(string operation, int batchSize, long frames)
    {
        _batchSize.Record(batchSize, Stage.Tag, Tag(operation));
        _steps.Add(batchSize, Stage.Tag, Tag(operation));
        _frames.Add(frames, Stage.Tag, Tag(operation));
    }

    /// <summary>An admitted job is over.</summary>
    /// <param name="outcome">finished, cancelled or failed</param>
    /// <param name="elapsed">since it was admitted</param>
    public void Ended(string operation, string outcome, TimeSpan elapsed)
    {
        _active.Add(-1, Stage.Tag, Tag(operation));
        _duration.Record(elapsed.TotalSeconds, Stage.Tag, Tag(operation), new KeyValuePair<string, object?>("vampnet.outcome", outcome));
    }

    private static KeyValuePair<string, object?> Tag(string operation) => new(TelemetryNames.Operation, operation);
}

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
