using Grpc.Net.Client;
using Polly;
using Polly.CircuitBreaker;
using VampNet.Services.Hosting.Health;

namespace VampNet.Gateway.Replicas;

/// <summary>What is known of a replica.</summary>
internal enum ReplicaState
{
    /// <summary>It cannot be reached, or was not heard yet.</summary>
    Unknown,

    /// <summary>It says that it serves.</summary>
    Serving,

    /// <summary>It says that it does not: it loads its models, or is about to end.</summary>
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
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _retired = new();
    private readonly StageLoad _own = new(); // what this gateway has it do
    private long? _brokenAt;
    private (long Steps, long At)? _others;

    /// <param name="stage">that it serves, for logs</param>
    public Replica(string stage, Uri address, TimeProvider time, ILoggerFactory loggers)
    {
        (Address, _time) = (address, time);
        Retired = _retired.Token;
        Channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            LoggerFactory = loggers,
            HttpHandler = new SocketsHttpHandler
            {
                EnableMultipleHttp2Connections = true,
                PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
                ConnectTimeout = ConnectTimeout,
                KeepAlivePingDelay = KeepAlive,
                KeepAlivePingTimeout = KeepAlive,
            },
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

    public ReplicaState State { get; set; }

    /// <summary>Ends when the replica is no longer one of its stage's.</summary>
    public CancellationToken Retired { get; }

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

    /// <summary>A call begins.</summary>
    /// <param name="steps">that it will take, at least 1</param>
    public ReplicaWork Begin(int steps) => new(this, _own.Begin(steps));

    /// <summary>Nothing new comes; what runs may end in peace.</summary>
    public void Retire()
    {
        _retired.Cancel();
        CloseWhenIdle();
    }

    public void Dispose()
    {
        _retired.Cancel();
        Channel.Dispose();
    }

    internal void Ended()
    {
        if (Retired.IsCancellationRequested)
            CloseWhenIdle();
    }

    private void CloseWhenIdle()
    {
        if (_own.PendingRequests == 0)
            Channel.Dispose();
    }
}

/// <summary>One call's part in the load of a replica.</summary>
internal sealed class ReplicaWork(Replica replica, RequestLoad load) : IDisposable
{
    public Replica Replica => replica;

    /// <summary>One step is done; those beyond what was announced do not count.</summary>
    public void Step() => load.StepsLeft = Math.Max(0, load.StepsLeft - 1);

    public void Dispose()
    {
        load.Dispose();
        replica.Ended();
    }
}

internal static partial class ReplicaLog
{
    [LoggerMessage(1, LogLevel.Information, "{Stage} at {Address} is {State}")]
    public static partial void Changed(ILogger logger, string stage, Uri address, ReplicaState state);

    [LoggerMessage(2, LogLevel.Warning, "{Stage} at {Address} cannot be reached: {Detail}")]
    public static partial void Lost(ILogger logger, string stage, Uri address, string detail);

    [LoggerMessage(3, LogLevel.Warning, "{Stage}: attempt {Attempt} failed, and is repeated: {Detail}")]
    public static partial void Repeated(ILogger logger, string stage, int attempt, string detail);

    [LoggerMessage(4, LogLevel.Warning, "{Stage} at {Address} fails too often, and gets no calls for {Seconds} s")]
    public static partial void Broken(ILogger logger, string stage, Uri address, double seconds);

    [LoggerMessage(5, LogLevel.Warning, "{Stage}: the name {Name} cannot be looked up: {Detail}")]
    public static partial void Unresolved(ILogger logger, string stage, Uri name, string detail);
}
