using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace VampNet.Services.Hosting.Limits;

/// <summary>
/// Ends connections that have no call for long. Kestrel ends those of clients that are gone; one that answers its pings may stay for ever,
/// and keep others from the few that there are.
/// </summary>
internal sealed class ConnectionLimit(IOptions<MeshLimits> limits, TimeProvider time)
{
    private readonly TimeSpan _longest = TimeSpan.FromSeconds(limits.Value.ConnectionIdleSeconds);

    /// <summary>A middleware of connections, before HTTP.</summary>
    public async Task WatchAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        using var use = new Use(connection, _longest, time);
        connection.Items[typeof(Use)] = use;
        await next(connection);
    }

    /// <summary>A middleware of requests, before all others.</summary>
    public static async Task CountAsync(HttpContext context, RequestDelegate next)
    {
        var use = context.Features.Get<IConnectionItemsFeature>()?.Items[typeof(Use)] as Use;
        use?.Enter();
        try
        {
            await next(context);
        }
        finally
        {
            use?.Leave();
        }
    }

    /// <summary>Requests of one connection.</summary>
    private sealed class Use : IDisposable
    {
        private readonly Lock _lock = new();
        private readonly ITimer _timer;
        private readonly TimeSpan _longest;
        private int _requests;

        public Use(ConnectionContext connection, TimeSpan longest, TimeProvider time)
        {
            _longest = longest;
            _timer = time.CreateTimer(
                // GOAWAY: a client opens another connection for its next call.
                _ => connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose(), null, longest,
                Timeout.InfiniteTimeSpan);
        }

        public void Enter()
        {
            lock (_lock)
            {
                if (_requests++ == 0)
                    _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }

        public void Leave()
        {
            lock (_lock)
            {
                if (--_requests == 0)
                    _timer.Change(_longest, Timeout.InfiniteTimeSpan);
            }
        }

        public void Dispose() => _timer.Dispose();
    }
}
