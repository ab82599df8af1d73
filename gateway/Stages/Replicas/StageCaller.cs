using Grpc.Core;
using Grpc.Net.Client;

namespace VampNet.Gateway.Stages.Replicas;

/// <summary>Calls of one request to one stage, each to a replica that has little to do, and repeated on another where that one fails.</summary>
/// <param name="connect">a client of one replica</param>
internal sealed class StageCaller<TClient>(ReplicaSet replicas, Func<GrpcChannel, TClient> connect, RetryPipeline retries, RetryBudget budget)
{
    /// <summary>How many replicas serve now.</summary>
    public int Replicas => replicas.Replicas.Count(replica => replica.State == ReplicaState.Serving);

    /// <param name="call">
    /// Runs again from its beginning when it fails for want of a replica, so what it did before must not count twice.
    /// Gets a client, and the load of the call, whose steps it may tick off.
    /// </param>
    /// <param name="steps">that the call will take</param>
    /// <exception cref="RpcException">what the stage says; UNAVAILABLE: no replica of it answers</exception>
    public Task<TResult> RunAsync<TResult>(CallOptions options, Func<TClient, ReplicaWork, Task<TResult>> call, int steps = 1) =>
        retries.RunAsync(replicas, budget, steps, work => call(connect(work.Replica.Channel), work), options.CancellationToken);

    /// <inheritdoc cref="RunAsync{TResult}"/>
    public Task RunAsync(CallOptions options, Func<TClient, ReplicaWork, Task> call) => RunAsync(options, async (client, work) =>
    {
        await call(client, work);
        return true;
    });
}
