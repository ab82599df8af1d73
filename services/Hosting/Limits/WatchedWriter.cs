using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace VampNet.Services.Hosting.Limits;

/// <summary>A stream of responses that the client must take.</summary>
internal sealed class WatchedWriter<T>(IServerStreamWriter<T> responses, HttpContext context, IdleLimit limit) : IServerStreamWriter<T>
{
    public WriteOptions? WriteOptions
    {
        get => responses.WriteOptions;
        set => responses.WriteOptions = value;
    }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    /// <exception cref="RpcException">
    /// ABORTED: it does not. There is no room for that to be sent either: the client finds the stream reset.
    /// </exception>
    public async Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        var write = responses.WriteAsync(message, cancellationToken);
        await write.WaitAsync(limit.Longest, limit.Time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (write.IsCompleted)
        {
            await write;
            return;
        }
        context.Abort();
        await write.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        throw limit.Error("took");
    }
}
