using System.Threading.RateLimiting;

namespace VampNet.Gateway.Security;

/// <summary>A token bucket that is filled evenly, and may be overdrawn once: whoever finds it not empty gets what it asks for.</summary>
/// <remarks>
/// The library's own has a clock of its own, and refuses for ever what is more than the bucket holds. A track of ten minutes may be that;
/// it is paid for by waiting afterwards.
/// </remarks>
internal sealed class TokenBucket : RateLimiter
{
    private readonly Lock _lock = new();
    private readonly double _perMinute;
    private readonly TimeProvider _time;
    private double _level;
    private long _filled; // when the level was so

    /// <param name="perMinute">what the bucket holds, and what flows in each minute; at least 1</param>
    public TokenBucket(double perMinute, TimeProvider time) =>
        (_perMinute, _level, _time, _filled) = (perMinute, perMinute, time, time.GetTimestamp());

    /// <summary>Null while it is not full: whoever overdrew it shall not get a new one.</summary>
    public override TimeSpan? IdleDuration
    {
        get
        {
            lock (_lock)
                return _level + Inflow >= _perMinute ? _time.GetElapsedTime(_filled) : null;
        }
    }

    private double Inflow => _time.GetElapsedTime(_filled).TotalMinutes * _perMinute;

    public override RateLimiterStatistics? GetStatistics() => null;

    /// <param name="permitCount">0 = only ask whether it is empty</param>
    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        lock (_lock)
        {
            (_level, _filled) = (Math.Min(_perMinute, _level + Inflow), _time.GetTimestamp());
            if (_level < 1)
                return new Lease(TimeSpan.FromMinutes((1 - _level) / _perMinute));
            _level -= permitCount;
            return new Lease(null);
        }
    }

    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) =>
        new(AttemptAcquireCore(permitCount));

    /// <param name="retryAfter">null = acquired</param>
    private sealed class Lease(TimeSpan? retryAfter) : RateLimitLease
    {
        public override bool IsAcquired => retryAfter is null;

        public override IEnumerable<string> MetadataNames => [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = retryAfter;
            return metadataName == MetadataName.RetryAfter.Name && retryAfter is not null;
        }
    }
}
