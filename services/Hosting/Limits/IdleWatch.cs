using Grpc.Core;
using Microsoft.AspNetCore.Http;

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
        if (!_isOver || _context.Response.HasStarted)
            return;
        var error = _limit.Error("sent");
        var headers = _context.Response.Headers;
        headers["grpc-status"] = $"{(int)error.StatusCode}";
        headers["grpc-message"] = Uri.EscapeDataString(error.Status.Detail);
        foreach (var trailer in error.Trailers)
            headers[trailer.Key] = Convert.ToBase64String(trailer.ValueBytes);
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
