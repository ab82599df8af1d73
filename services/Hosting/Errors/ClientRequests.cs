using Grpc.Core;

namespace VampNet.Services.Hosting.Errors;

/// <summary>
/// The requests of a call, read as the client's doing: where they break off, the client has gone. The server hears that from
/// the stream, and a moment later from the call's cancellation; in between it would look like a fault of its own.
/// </summary>
internal sealed class ClientRequests<TRequest>(IAsyncStreamReader<TRequest> requests) : IAsyncStreamReader<TRequest>
{
    public TRequest Current => requests.Current;

    /// <exception cref="RpcException">CANCELLED: the client has gone</exception>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        try
        {
            return await requests.MoveNext(cancellationToken);
        }
        catch (IOException)
        {
            throw RpcErrors.Create(StatusCode.Cancelled, "the client has gone");
        }
    }
}
