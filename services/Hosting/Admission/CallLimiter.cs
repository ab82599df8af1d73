using Grpc.Core;
using Microsoft.Extensions.Options;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Telemetry;

namespace VampNet.Services.Hosting.Admission;

/// <summary>
/// How many calls may be at work in a server. A call holds a permit while it is at work; what holds one is never refused later on.
/// </summary>
internal sealed class CallLimiter(IOptions<AdmissionOptions> options, RpcMetrics metrics, TimeProvider time)
{
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromSeconds(0.1), LongestDelay = TimeSpan.FromSeconds(30),
        UnknownDelay = TimeSpan.FromSeconds(1);

    // Of the newest call in the mean: about the last ten count.
    private const double Share = 0.1;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _tenants = []; // those with calls at work
    private readonly int _max = options.Value.MaxCalls;
    private readonly int _maxPerTenant = options.Value.MaxCallsPerTenant ?? Math.Max(1, options.Value.MaxCalls / 4);
    private int _taken;
    private TimeSpan? _mean; // how long a call held its permit, lately

    /// <summary>Calls that hold a permit.</summary>
    public int Taken
    {
        get
        {
            lock (_lock)
                return _taken;
        }
    }

    /// <summary>A permit, held until the result is disposed.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: none is free, or the tenant has all that it may have</exception>
    public IDisposable Take(string method, Tenant tenant)
    {
        lock (_lock)
        {
            if (_taken >= _max)
                throw Full($"{_taken} calls are at work here, the most that there may be", "QUEUE_FULL", _taken);
            var own = _tenants.GetValueOrDefault(tenant.Name);
            if (own >= _maxPerTenant)
                throw Full($"{own} calls of this tenant are at work here, the most that it may have", "TENANT_QUEUE_FULL", own);
            _tenants[tenant.Name] = own + 1;
            _taken++;
            metrics.Admitted(method); // here, so that it is never behind what Taken says
        }
        return new Permit(this, method, tenant, time.GetTimestamp());
    }

    private void Return(string method, Tenant tenant, TimeSpan elapsed)
    {
        lock (_lock)
        {
            _taken--;
            if (--_tenants[tenant.Name] == 0)
                _tenants.Remove(tenant.Name);
            _mean = _mean is { } mean ? mean + (Share * (elapsed - mean)) : elapsed;
            metrics.Left(method);
        }
    }

    /// <param name="message">The message for people.</param>
    /// <param name="reason">The reason for programs, in capitals.</param>
    /// <param name="calls">How many calls there are, one of which has to end first; at least 1.</param>
    private RpcException Full(string message, string reason, int calls)
    {
        var delay = _mean is { } mean
            ? TimeSpan.FromTicks(Math.Clamp(mean.Ticks / calls, ShortestDelay.Ticks, LongestDelay.Ticks))
            : UnknownDelay;
        return RpcErrors.Retry(StatusCode.ResourceExhausted, message, reason, delay);
    }

    private sealed class Permit(CallLimiter limiter, string method, Tenant tenant, long taken) : IDisposable
    {
        private int _isReturned;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isReturned, 1) == 0)
                limiter.Return(method, tenant, limiter.Elapsed(taken));
        }
    }

    private TimeSpan Elapsed(long since) => time.GetElapsedTime(since);
}
