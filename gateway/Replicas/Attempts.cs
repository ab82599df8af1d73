using Grpc.Core;
using Grpc.Net.Client;
using Polly.CircuitBreaker;
using VampNet.Services.Hosting.Calls;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.Replicas;

/// <summary>One call to a stage, on as many replicas as it takes.</summary>
/// <param name="retries">most repetitions for want of a replica; waiting for a permit of a full one is none</param>
internal sealed class Attempts(ReplicaSet replicas, RetryBudget budget, RetryThrottle throttle, int retries)
{
    private readonly Lock _lock = new();
    private readonly HashSet<Replica> _tried = [];
    private readonly Dictionary<Replica, TimeSpan> _full = [];
    private int _running;
    private bool _hasWaited; // in vain

    public string Stage => replicas.Name;

    /// <summary>There is a replica that was not tried yet.</summary>
    public bool HasOther
    {
        get
        {
            lock (_lock)
                return replicas.HasOther(_tried);
        }
    }

    /// <summary>There is a replica that was not tried yet, or that had no permit free and may have one later.</summary>
    public bool HasOtherNowOrLater
    {
        get
        {
            lock (_lock)
                return _full.Count > 0 || replicas.HasOther(_tried);
        }
    }

    /// <summary>How often a replica was lost.</summary>
    public int Losses { get; private set; }

    /// <summary>Asked once after every loss of a replica: the budgets are spent by that.</summary>
    public bool MayRepeat() => (!_hasWaited || HasOther) && throttle.Failed() && Losses++ < retries && budget.TrySpend();

    /// <summary>Asked once when an attempt takes long: whether to make another beside it, which spends the budget too.</summary>
    public bool MayHedge() => Volatile.Read(ref _running) > 0 && HasOther && throttle.IsOpen && budget.TrySpend();

    /// <summary>
    /// When to come back to the replicas that had no permit free, the first of them; from then on they count as not tried. Null
    /// where none of them was full.
    /// </summary>
    public TimeSpan? RetryDelay()
    {
        lock (_lock)
        {
            if (_full.Count == 0)
                return null;
            var after = _full.Values.Min();
            _tried.ExceptWith(_full.Keys);
            _full.Clear();
            return after;
        }
    }

    /// <summary>Asks a replica; where none takes calls, it first waits for one that does.</summary>
    /// <exception cref="RpcException">UNAVAILABLE: none came; or what the replica said</exception>
    public async Task<TResult> RunAsync<TResult>(
        int steps, Func<ReplicaWork, CancellationToken, Task<TResult>> call, CancellationToken cancellationToken)
    {
        _hasWaited = !await replicas.WaitAsync(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        using var work = Take(steps);
        Interlocked.Increment(ref _running);
        try
        {
            return await work.Replica.Breaker.ExecuteAsync(async stop => await work.RunAsync(call, stop), cancellationToken);
        }
        catch (BrokenCircuitException)
        {
            throw None();
        }
        catch (RpcException error) when (RetryClassifier.RetryDelay(error) is { } after)
        {
            lock (_lock)
                _full[work.Replica] = after;
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private ReplicaWork Take(int steps)
    {
        lock (_lock)
        {
            var work = replicas.Take(_tried, steps) ?? throw None();
            _tried.Add(work.Replica);
            return work;
        }
    }

    private RpcException None() =>
        RpcErrors.Retry(StatusCode.Unavailable, $"no replica of {replicas.Name} serves", "NO_REPLICA");
}

/// <summary>
/// Calls of one request to one stage, each to a replica that has little to do, and repeated on another where that one fails.
/// </summary>
/// <param name="connect">a client of one replica</param>
/// <param name="weights">SHA-256 of those that every call is to be made with; empty = any</param>
internal sealed class StageCaller<TClient>(
    ReplicaSet replicas, Func<GrpcChannel, TClient> connect, RetryPipeline retries, RetryBudget budget, string weights = "")
{
    /// <summary>How many replicas serve now.</summary>
    public int Replicas => replicas.Replicas.Count(replica => replica.State == ReplicaState.Serving);

    /// <param name="call">
    /// Runs again from its beginning when it fails for want of a replica, maybe twice at once, so what it does must not
    /// count twice. Gets a client, options for its calls, and its load, whose steps it may tick off.
    /// </param>
    /// <param name="steps">that the call will take</param>
    /// <exception cref="RpcException">
    /// what the stage says; UNAVAILABLE: no replica of it answers; ABORTED: none that does has the weights any more
    /// </exception>
    public Task<TResult> RunAsync<TResult>(CallOptions options, Func<TClient, CallOptions, ReplicaWork, Task<TResult>> call, int steps)
    {
        var pinned = options.WithWeights(weights);
        return retries.RunAsync(
            replicas, budget, steps, (work, stop) => call(connect(work.Replica.Channel), pinned.WithCancellationToken(stop), work),
            options.CancellationToken);
    }

    /// <inheritdoc cref="RunAsync{TResult}(CallOptions, Func{TClient, CallOptions, ReplicaWork, Task{TResult}}, int)"/>
    public Task<TResult> RunAsync<TResult>(CallOptions options, Func<TClient, CallOptions, Task<TResult>> call) =>
        RunAsync(options, (client, callOptions, _) => call(client, callOptions), steps: 1);
}
