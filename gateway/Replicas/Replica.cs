using Grpc.Core;
using Grpc.Net.Client;
using Polly;
using Polly.CircuitBreaker;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Health;

namespace VampNet.Gateway.Replicas;

/// <summary>What is known of a replica.</summary>
internal enum ReplicaState
{
    /// <summary>It cannot be reached, was not heard yet, or has been silent for too long.</summary>
    Unknown,

    /// <summary>It says that it serves.</summary>
    Serving,

    /// <summary>It is about to end and still takes calls, for want of another.</summary>
    Draining,

    /// <summary>It says that it does not: it loads its models, has run out of something, or takes no calls any more.</summary>
    NotServing,
}

/// <summary>One process that serves a stage: its channel, what this gateway has it do, and whether to have it do more.</summary>
internal sealed class Replica : IDisposable
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(30), ConnectTimeout = TimeSpan.FromSeconds(5),
        Break = TimeSpan.FromSeconds(5);

    // A report that is older says nothing about now.
    private static readonly TimeSpan ReportLasts = 4 * ReplicaWatch.ReportInterval;

    private readonly Lock _lock = new();
    private readonly string _stage;
    private readonly TimeProvider _time;
    private readonly ReplicaOptions _options;
    private readonly CancellationTokenSource _closed = new();
    private readonly StageLoad _own = new(); // what this gateway has it do
    private long? _brokenAt;
    private (long Steps, long At)? _others;
    private CancellationTokenSource _abandoned = new(); // of the calls that run
    private ReplicaState _said;
    private TimeSpan _silence;
    private bool _isRetired;

    /// <param name="stage">that it serves, for logs and errors</param>
    /// <param name="tls">for an https address; null = what the system trusts</param>
    public Replica(string stage, Uri address, ReplicaOptions options, TimeProvider time, ILoggerFactory loggers, ReplicaTls? tls = null)
    {
        (_stage, Address, _options, _time) = (stage, address, options, time);
        Closed = _closed.Token;
        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            ConnectTimeout = ConnectTimeout,
            KeepAlivePingDelay = KeepAlive,
            KeepAlivePingTimeout = KeepAlive,
            SslOptions = tls?.Options,
        };
        Channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            LoggerFactory = loggers,
            HttpHandler = ReplicaAddress.NameOfReplica(address) is { } name ? new NamedHostHandler(name, handler) : handler,
        });
        var logger = loggers.CreateLogger<Replica>();
        Breaker = new ResiliencePipelineBuilder { TimeProvider = time }.AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            FailureRatio = 0.5,
            MinimumThroughput = 4,
            SamplingDuration = TimeSpan.FromSeconds(30),
            BreakDuration = Break,
            ShouldHandle = args => ValueTask.FromResult(
                RetryClassifier.IsTransient(args.Outcome.Exception, args.Context.CancellationToken)),
            OnOpened = _ =>
            {
                lock (_lock)
                    _brokenAt = time.GetTimestamp();
                ReplicaLog.Broken(logger, stage, address, Break.TotalSeconds);
                return default;
            },
            OnClosed = _ =>
            {
                lock (_lock)
                    _brokenAt = null;
                return default;
            },
        }).Build();
    }

    public Uri Address { get; }

    public GrpcChannel Channel { get; }

    /// <summary>Every call goes through it; it refuses calls for a while after many have failed.</summary>
    public ResiliencePipeline Breaker { get; }

    /// <summary>What it says, while it says anything; and what is set, as if it had said so.</summary>
    public ReplicaState State
    {
        get => TakesCalls && IsSuspect ? ReplicaState.Unknown : Said;
        set => _said = value;
    }

    /// <summary>It says that it is about to end, and still takes calls.</summary>
    public bool IsDraining { get; set; }

    /// <summary>Stands for the weights that it serves, as it reports; null where it does not.</summary>
    public long? Weights
    {
        get
        {
            lock (_lock)
                return field;
        }
        set
        {
            lock (_lock)
                field = value;
        }
    }

    /// <summary>How long nothing was heard of it, as far as this gateway listened.</summary>
    public TimeSpan Silence
    {
        get
        {
            lock (_lock)
                return _silence;
        }
    }

    /// <summary>It takes calls, or did so last and is not given up yet: a pause of a few seconds makes no stage unready.</summary>
    public bool MayServe => TakesCalls && !IsHung;

    /// <summary>It has been silent for so long that it gets no calls while there is another.</summary>
    public bool IsSuspect => Silence >= _options.SuspectAfter;

    /// <summary>It has been silent for so long that what it runs is better made elsewhere.</summary>
    public bool IsHung => Silence >= _options.AbandonAfter;

    /// <summary>It is to be asked whether it is there, before it becomes suspect.</summary>
    public bool IsToBeAsked => Silence >= _options.SuspectAfter / 2;

    /// <summary>Ends when the replica is no longer one of its stage's, and its last call has ended.</summary>
    public CancellationToken Closed { get; }

    /// <summary>
    /// Steps that are waited for: by this gateway (a call without steps counts as one), and by others, as far as the
    /// replica reports.
    /// </summary>
    public long Pending
    {
        get
        {
            lock (_lock)
                return _own.PendingSteps + (_others is { } others && _time.GetElapsedTime(others.At) < ReportLasts ? others.Steps : 0);
        }
    }

    /// <summary>Its breaker lets calls through, be it one on trial.</summary>
    public bool IsTrusted
    {
        get
        {
            lock (_lock)
                return _brokenAt is not { } at || _time.GetElapsedTime(at) >= Break;
        }
    }

    /// <summary>The replica says what it has to do, for all its callers: what is not this gateway's is others'.</summary>
    /// <param name="steps">just now</param>
    public void Report(double steps)
    {
        lock (_lock)
            _others = ((long)Math.Max(0, steps - _own.PendingSteps), _time.GetTimestamp());
    }

    /// <summary>Something came from it: a report, a step, an answer.</summary>
    public void RecordHeartbeat()
    {
        lock (_lock)
            _silence = TimeSpan.Zero;
    }

    /// <summary>So much more time has passed, in which this gateway listened.</summary>
    public void Waited(TimeSpan time)
    {
        lock (_lock)
            _silence += time;
    }

    /// <summary>A call begins.</summary>
    /// <param name="steps">that it will take, at least 1</param>
    public ReplicaWork Begin(int steps)
    {
        lock (_lock)
            return new(this, _own.Begin(steps), _abandoned.Token);
    }

    /// <summary>The calls that run here are to be made elsewhere.</summary>
    /// <returns>how many there are</returns>
    public int Abandon()
    {
        CancellationTokenSource calls;
        var count = _own.PendingRequests;
        if (count == 0)
            return 0;
        lock (_lock)
            (calls, _abandoned) = (_abandoned, new CancellationTokenSource());
        _ = calls.CancelAsync(); // whatever hangs on them is no part of the watch that found it out
        return count;
    }

    /// <summary>What whoever called this replica is told, once it was abandoned.</summary>
    public RpcException Abandoned() => RpcErrors.Retry(
        StatusCode.Unavailable, $"{_stage}: the replica said nothing for {_options.AbandonAfterSeconds:0.###} s", "REPLICA_SILENT");

    /// <summary>Nothing new comes; what runs may end in peace.</summary>
    public void Retire()
    {
        lock (_lock)
            _isRetired = true;
        CloseWhenIdle();
    }

    public void Dispose()
    {
        _closed.Cancel();
        Channel.Dispose();
    }

    internal void Ended()
    {
        bool isRetired;
        lock (_lock)
            isRetired = _isRetired;
        if (isRetired)
            CloseWhenIdle();
    }

    private ReplicaState Said => _said == ReplicaState.NotServing && IsDraining ? ReplicaState.Draining : _said;

    private bool TakesCalls => Said is ReplicaState.Serving or ReplicaState.Draining;

    private void CloseWhenIdle()
    {
        if (_own.PendingRequests == 0)
            Dispose();
    }
}
