using Grpc.Core;
using Grpc.Net.Client;

namespace VampNet.Gateway.Replicas;

/// <summary>
/// Calls of one request to one stage, each to a replica that has little to do, and repeated on another where that one fails.
/// </summary>
/// <param name="connect">a client of one replica</param>
internal sealed class StageCaller<TClient>(
    ReplicaSet replicas, Func<GrpcChannel, TClient> connect, RetryPipeline retries, RetryBudget budget)
{
    /// <summary>How many replicas serve now.</summary>
    public int Replicas => replicas.Replicas.Count(replica => replica.State == ReplicaState.Serving);

    /// <param name="call">
    /// Runs again from its beginning when it fails for want of a replica, maybe twice at once, so what it does must not
    /// count twice. Gets a client, options for its calls, and its load, whose steps it may tick off.
    /// </param>
    /// <param name="steps">that the call will take</param>
    /// <exception cref="RpcException">what the stage says; UNAVAILABLE: no replica of it answers</exception>
    public Task<TResult> RunAsync<TResult>(CallOptions options, Func<TClient, CallOptions, ReplicaWork, Task<TResult>> call, int steps) =>
        retries.RunAsync(
            replicas, budget, steps, (work, stop) => call(connect(work.Replica.Channel), options.WithCancellationToken(stop), work),
            options.CancellationToken);

    /// <inheritdoc cref="RunAsync{TResult}(CallOptions, Func{TClient, CallOptions, ReplicaWork, Task{TResult}}, int)"/>
    public Task<TResult> RunAsync<TResult>(CallOptions options, Func<TClient, CallOptions, Task<TResult>> call) =>
        RunAsync(options, (client, callOptions, _) => call(client, callOptions), steps: 1);
}
