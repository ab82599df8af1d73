using Microsoft.Extensions.Time.Testing;

namespace VampNet.Gateway.Tests.Replicas;

/// <summary>Time that jumps to the next timer at once, so that a test sees how long something would have waited.</summary>
internal sealed class InstantTime : FakeTimeProvider
{
    public TimeSpan Elapsed => GetUtcNow() - Start;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime != Timeout.InfiniteTimeSpan)
            ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
        return timer;
    }
}
