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
    public static Task UploadAsync<TRequest, TData>(
        this IClientStreamWriter<TRequest> requests, TRequest config, IAsyncEnumerable<TData> data, Func<TData, TRequest> wrap) =>
        new Upload<TRequest>(requests).SendAsync(config, data, wrap);

    /// <summary>Sends the config, then the data, then the end, and waits for the response.</summary>
    public static async Task<TResponse> UploadAsync<TRequest, TData, TResponse>(
        this AsyncClientStreamingCall<TRequest, TResponse> call, TRequest config, IAsyncEnumerable<TData> data, Func<TData, TRequest> wrap)
    {
        ArgumentNullException.ThrowIfNull(call);
        await call.RequestStream.UploadAsync(config, data, wrap);
        return await call;
    }

    internal static async Task SendAsync<TRequest, TData>(
        this Upload<TRequest> upload, TRequest config, IAsyncEnumerable<TData> data, Func<TData, TRequest> wrap)
    {
        if (!await upload.TryWriteAsync(config))
            return;
        await foreach (var item in data)
        {
            if (!await upload.TryWriteAsync(wrap(item)))
                return;
        }
        await upload.TryCompleteAsync();
    }
}

/// <summary>Calls with streams in both directions.</summary>
public static class Exchanges
{
    // A status that the server has sent is there by then.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Uploads config and data while the responses come in. Where reading the data fails, or the connection is lost, the
    /// call is ended and that failure comes out, not the call's.
    /// </summary>
    public static async IAsyncEnumerable<TResponse> ExchangeAsync<TRequest, TData, TResponse>(
        this AsyncDuplexStreamingCall<TRequest, TResponse> call, TRequest config, IAsyncEnumerable<TData> data, Func<TData, TRequest> wrap)
    {
        ArgumentNullException.ThrowIfNull(call);
        ExceptionDispatchInfo? failure = null;
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var upload = new Upload<TRequest>(call.RequestStream);
        var sending = SendAsync();
        try
        {
            while (await NextAsync())
                yield return call.ResponseStream.Current;
        }
        finally
        {
            answered.TrySetResult();
            await upload.StopAsync();
        }
        failure?.Throw();

        async Task SendAsync()
        {
            try
            {
                await upload.SendAsync(config, data, wrap);
            }
            catch (Exception error)
            {
                if (error is RpcException)
                    await Task.WhenAny(answered.Task, Task.Delay(Grace));
                failure = ExceptionDispatchInfo.Capture(error);
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
                failure?.Throw();
                throw;
            }
        }
    }
}

/// <summary>Audio cut into messages.</summary>
public static class AudioChunks
{
    private const int ChunkBytes = 64 << 10;

    /// <summary>The bytes of a stream in chunks of 64 KiB; the last one may be shorter.</summary>
    /// <param name="stream">The bytes of the audio; they are read from its position to its end.</param>
    /// <param name="cancellationToken">Ends the reading with an <see cref="OperationCanceledException"/>.</param>
    public static async IAsyncEnumerable<ByteString> ReadAsync(
        Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken = default)
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
