using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Services.Hosting.Limits;

/// <summary>
/// One call, as long as it waits for its client outside of its handler: before, for the one message of a call without a
/// stream of requests, and after, for what was answered to be taken.
/// </summary>
internal sealed class IdleWatch : IDisposable
{
    private readonly HttpContext _context;
    private readonly IdleLimit _limit;
    private readonly ITimer _timer;
    private bool _isHandled;
    private bool _isOver;

    public IdleWatch(HttpContext context, IdleLimit limit)
    {
        (_context, _limit) = (context, limit);
        _timer = limit.Time.CreateTimer(_ => End(), null, limit.Longest, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The handler begins.</summary>
    public void Pause() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>The handler has ended.</summary>
    public void Resume()
    {
        _isHandled = true;
        _timer.Change(_limit.Longest, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Puts the status of a call whose message did not come in the place of what the library says about it.</summary>
    public void Explain()
    {
        if (_isOver && !_context.Response.HasStarted)
            _context.Response.SetError(_limit.Error("sent"));
    }

    public void Dispose() => _timer.Dispose();

    private void End()
    {
        _isOver = true;
        if (_isHandled)
            _context.Abort(); // there is no way to say more to a client that takes nothing
        else
            _context.Request.BodyReader.CancelPendingRead();
    }
}

/// <summary>
/// A stream of requests, the next of which must not be too long in coming, nor all of them together. Only the time counts in which the
/// call waits for them: a server that is slow to read does not make its client slow. A session may go on for ever, as
/// long as it never stops.
/// </summary>
internal sealed class WatchedReader<T>(IAsyncStreamReader<T> requests, IdleLimit limit, bool isSession = false) : IAsyncStreamReader<T>
{
    private TimeSpan _waited;
    private long _bytes;

    public T Current => requests.Current;

    /// <exception cref="RpcException">
    /// ABORTED: it was; CANCELLED: the client has gone away, which the call itself may not know yet
    /// </exception>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        var left = isSession ? TimeSpan.MaxValue : limit.LongestUpload - _waited;
        if (left <= TimeSpan.Zero)
            throw limit.TooLong();
        var began = limit.Time.GetTimestamp();
        using var late = new CancellationTokenSource(left < limit.Longest ? left : limit.Longest, limit.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            if (!await requests.MoveNext(either.Token))
                return false;
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw left < limit.Longest ? limit.TooLong() : limit.Error("sent");
        }
        catch (Exception lost) when (
            lost is IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested
            && MalformedRequests.Problem(lost) is null)
        {
            throw RpcErrors.Create(StatusCode.Cancelled, "the client has gone away");
        }
        _waited += limit.Time.GetElapsedTime(began);
        _bytes += requests.Current is IMessage message ? message.CalculateSize() : 0;
        return limit.IsTooSlow(_bytes, _waited) ? throw limit.TooSlow(_bytes, _waited) : true;
    }
}

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
