using Grpc.Core;

namespace VampNet.Client;

/// <summary>
/// The requests of one call, one after the other. <see cref="StopAsync"/> ends them before the call is given up:
/// HttpClient may send data after it has reset a stream, and servers close the whole connection for that, with the calls
/// of everybody else on it.
/// </summary>
internal sealed class Upload<TRequest>(IClientStreamWriter<TRequest> requests)
{
    // A write that waits for room to send may not end by itself.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task _writing = Task.CompletedTask;
    private bool _ended;

    /// <returns>false where the server has ended the call: its status comes from the responses</returns>
    /// <exception cref="RpcException">UNAVAILABLE: the connection was lost</exception>
    public Task<bool> TryWriteAsync(TRequest request) => TryAsync(() => requests.WriteAsync(request));

    /// <summary>Ends the stream of requests.</summary>
    /// <inheritdoc cref="TryWriteAsync"/>
    public Task<bool> TryCompleteAsync() => TryAsync(requests.CompleteAsync);

    /// <summary>Waits for the write that goes on, a moment at most; no other begins.</summary>
    public async Task StopAsync()
    {
        Task writing;
        lock (_lock)
            (writing, _ended) = (_writing, true);
        await Task.WhenAny(writing, Task.Delay(Grace));
    }

    private async Task<bool> TryAsync(Func<Task> send)
    {
        try
        {
            lock (_lock)
            {
                if (_ended)
                    return false;
                _writing = send();
            }
            await _writing;
            return true;
        }
        catch (Exception error) when (error is RpcException or InvalidOperationException)
        {
            // grpc-dotnet calls a call that it knows to be complete an invalid operation.
            await StopAsync();
            return false;
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the connection was lost while a request was sent", error));
        }
    }
}
