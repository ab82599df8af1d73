using Grpc.Core;
using Polly.CircuitBreaker;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.Stages.Replicas;

/// <summary>One call to a stage, on as many replicas as it takes.</summary>
/// <param name="retries">most repetitions</param>
internal sealed class Attempts(ReplicaSet replicas, RetryBudget budget, RetryThrottle throttle, int retries)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly HashSet<Replica> _tried = [];
    private int _left = retries;

    public string Stage => replicas.Name;

    /// <summary>There is a replica that was not tried yet.</summary>
    public bool HasOther => replicas.HasOther(_tried);

    /// <summary>Asked once after every failure: the budgets are spent by that.</summary>
    public bool MayRepeat() => throttle.Failed() && _left-- > 0 && budget.TrySpend();

    /// <exception cref="RpcException">UNAVAILABLE: no replica may be asked; or what the replica said</exception>
    public async Task<TResult> RunAsync<TResult>(int steps, Func<ReplicaWork, Task<TResult>> call, CancellationToken cancellationToken)
    {
        using var work = replicas.Take(_tried, steps) ?? throw None();
        _tried.Add(work.Replica);
        try
        {
            return await work.Replica.Breaker.ExecuteAsync(async _ => await call(work), cancellationToken);
        }
        catch (BrokenCircuitException)
        {
            throw None();
        }
    }

    private RpcException None() => RpcErrors.Retry(StatusCode.Unavailable, $"no replica of {replicas.Name} serves", "NO_REPLICA", RetryAfter);
}
