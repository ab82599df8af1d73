using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Google.Protobuf;
using Grpc.Core;

namespace VampNet.Client;

/// <summary>Request streams that start with a config.</summary>
public static class Uploads
{
    /// <summary>
    /// Sends the config, then the data, then the end. Stops quietly where the server ends the call first: its status,
    /// which says why, comes from the responses.
    /// </summary>
    public static async Task UploadAsync<TRequest, TData>(this IClientStreamWriter<TRequest> requests, TRequest config, IAsyncEnumerable<TData> data, Func<TData, TRequest> wrap)
    {
        if (!await TryAsync(() => requests.WriteAsync(config)))
            return;
        await foreach (var item in data)
        {
            if (!await TryAsync(() => requests.WriteAsync(wrap(item))))
                return;
        }
        await TryAsync(requests.CompleteAsync);
    }

    /// <summary>Sends something.</summary>
    /// <returns>false where the server has ended the call: its status comes from the responses</returns>
    public static async Task<bool> TryAsync(Func<Task> send)
    {
        try
        {
            await send();
            return true;
        }
        catch (Exception error) when (error is RpcException or InvalidOperationException or HttpRequestException or IOException)
        {
            // Which of them depends on how far the end has come: grpc-dotnet calls a call that it knows to be complete
            // an invalid operation, and lets the transport's own errors through while it does not.
            return false;
        }
    }
}

/// <summary>Calls with streams in both directions.</summary>
public static class Exchanges
{
    /// <summary>
    /// Uploads config and data while the responses come in. Where reading the data fails, the call is ended and that
    /// failure comes out, not the call's.
    /// </summary>
    public static async IAsyncEnumerable<TResponse> ExchangeAsync<TRequest, TData, TResponse>(this AsyncDuplexStreamingCall<TRequest, TResponse> call, TRequest config, IAsyncEnumerable<TData> data, Func<TData, TRequest> wrap)
    {
        ArgumentNullException.ThrowIfNull(call);
        ExceptionDispatchInfo? unreadable = null;
        var upload = UploadAsync();
        while (await NextAsync())
            yield return call.ResponseStream.Current;
        await upload;
        unreadable?.Throw();

        async Task UploadAsync()
        {
            try
            {
                await call.RequestStream.UploadAsync(config, data, wrap);
            }
            catch (Exception error)
            {
                unreadable = ExceptionDispatchInfo.Capture(error);
                call.Dispose();
            }
        }

        async Task<bool> NextAsync()
        {
            try
            {
                return await call.ResponseStream.MoveNext(CancellationToken.None);
            }
            catch (Exception error) when (error is RpcException or ObjectDisposedException)
            {
                unreadable?.Throw();
                throw;
            }
        }
    }
}

/// <summary>Audio cut into messages.</summary>
public static class AudioChunks
{
    private const int ChunkBytes = 64 << 10;

    public static async IAsyncEnumerable<ByteString> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        while (true)
        {
            var chunk = new byte[ChunkBytes];
            var read = await stream.ReadAtLeastAsync(chunk, chunk.Length, throwOnEndOfStream: false, cancellationToken);
            if (read > 0)
                yield return UnsafeByteOperations.UnsafeWrap(chunk.AsMemory(0, read));
            if (read < chunk.Length)
                yield break;
        }
    }
}
