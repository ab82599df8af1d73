using Grpc.Core;
using VampNet.Services.Hosting.Health;

namespace VampNet.Gateway.Replicas;

/// <summary>One call's part in the load of a replica.</summary>
/// <param name="abandoned">ends when the call is to be made elsewhere</param>
internal sealed class ReplicaWork(Replica replica, RequestLoad load, CancellationToken abandoned) : IDisposable
{
    public Replica Replica => replica;

    /// <summary>Ends when the replica has been silent for too long, and there is another.</summary>
    public CancellationToken Abandoned => abandoned;

    /// <summary>One step is done; those beyond what was announced do not count.</summary>
    public void Step()
    {
        load.StepsLeft = Math.Max(0, load.StepsLeft - 1);
        replica.RecordHeartbeat();
    }

    /// <summary>Makes the call, and leaves it when it is to be made elsewhere.</summary>
    /// <exception cref="RpcException">UNAVAILABLE: it is; or what the call ends with</exception>
    public async Task<TResult> RunAsync<TResult>(
        Func<ReplicaWork, CancellationToken, Task<TResult>> call, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, abandoned);
        try
        {
            return await call(this, either.Token);
        }
        catch (Exception) when (abandoned.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw replica.Abandoned();
        }
    }

    public void Dispose()
    {
        load.Dispose();
        replica.Ended();
    }
}
