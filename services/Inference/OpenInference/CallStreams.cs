using Grpc.Core;

namespace VampNet.Services.Inference.OpenInference;

/// <summary>The requests of a call that another service makes in this process.</summary>
public sealed class RequestList<T>(params IReadOnlyList<T> requests) : IAsyncStreamReader<T>
{
    private int _next;

    /// <inheritdoc/>
    public T Current => requests[_next - 1];

    /// <inheritdoc/>
    public Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(_next++ < requests.Count);
    }
}

/// <summary>Takes the responses of such a call.</summary>
public sealed class ResponseHandler<T>(Action<T> take) : IServerStreamWriter<T>
{
    /// <inheritdoc/>
    public WriteOptions? WriteOptions { get; set; }

    /// <inheritdoc/>
    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    /// <inheritdoc/>
    public Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        take(message);
        return Task.CompletedTask;
    }
}
