using Grpc.Core;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Services.Hosting.Limits;

/// <summary>A stream of requests, the next of which must not be too long in coming.</summary>
internal sealed class WatchedReader<T>(IAsyncStreamReader<T> requests, IdleLimit limit) : IAsyncStreamReader<T>
{
    public T Current => requests.Current;

    /// <exception cref="RpcException">
    /// ABORTED: it was; CANCELLED: the client has gone away, which the call itself may not know yet
    /// </exception>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit.Longest, limit.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await requests.MoveNext(either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw limit.Error("sent");
        }
        catch (Exception lost) when (lost is IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw RpcErrors.Create(StatusCode.Cancelled, "the client has gone away");
        }
    }
}
