using System.Threading.RateLimiting;
using Microsoft.Extensions.Time.Testing;
using VampNet.Gateway.Security;

namespace VampNet.Gateway.Tests.Security;

public sealed class TokenBucketTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TokenBucket _bucket;

    public TokenBucketTests() => _bucket = new TokenBucket(60, _time);

    [Fact]
    public void It_gives_what_it_holds_at_once_and_what_flows_in_from_then_on()
    {
        for (var i = 0; i < 60; i++)
            Assert.Null(Refusal(1));
        Assert.Equal(TimeSpan.FromSeconds(1), Refusal(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(Refusal(1));
        Assert.Equal(TimeSpan.FromSeconds(1), Refusal(1));
        _time.Advance(TimeSpan.FromHours(1)); // it holds no more than a minute's worth
        for (var i = 0; i < 60; i++)
            Assert.Null(Refusal(1));
        Assert.NotNull(Refusal(1));
    }

    [Fact]
    public void Whoever_overdraws_it_waits_until_that_has_flowed_in()
    {
        Assert.Null(Refusal(600));
        Assert.Equal(TimeSpan.FromSeconds(541), Refusal(0));
        _time.Advance(TimeSpan.FromSeconds(540));
        Assert.Equal(TimeSpan.FromSeconds(1), Refusal(600));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(Refusal(600));
    }

    [Fact]
    public void To_ask_takes_nothing()
    {
        for (var i = 0; i < 100; i++)
            Assert.Null(Refusal(0));
    }

    /// <summary>Limiters that are idle are forgotten, and with them what was taken from them.</summary>
    [Fact]
    public void It_is_idle_only_when_it_is_full()
    {
        Assert.Null(Refusal(90));
        _time.Advance(TimeSpan.FromSeconds(89));
        Assert.Null(_bucket.IdleDuration);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(_bucket.IdleDuration);
    }

    public void Dispose() => _bucket.Dispose();

    /// <summary>How long to wait; null = it was given.</summary>
    private TimeSpan? Refusal(int permits)
    {
        using var lease = _bucket.AttemptAcquire(permits);
        return lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : null;
    }
}
