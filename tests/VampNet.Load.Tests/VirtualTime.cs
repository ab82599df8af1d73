using System.Collections.Concurrent;

namespace VampNet.Load.Tests;

/// <summary>
/// Time that passes at once when nobody has anything to do: everything that <see cref="Run"/> runs, it runs on one thread, one after the
/// other, so that the same test always sees the same.
/// </summary>
internal sealed class VirtualTime : TimeProvider
{
    private readonly PriorityQueue<VirtualTimer, (long Due, long Number)> _timers = new();
    private readonly Queue _queue = new();
    private long _now; // in ticks
    private long _number;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(_now);

    public double Seconds => TimeSpan.FromTicks(_now).TotalSeconds;

    /// <summary>Exact, where Task.Delay counts milliseconds.</summary>
    public Task DelayAsync(double seconds)
    {
        var end = new TaskCompletionSource();
        CreateTimer(_ => end.SetResult(), null, TimeSpan.FromSeconds(seconds), Timeout.InfiniteTimeSpan);
        return end.Task;
    }

    public T Run<T>(Func<Task<T>> work)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_queue);
        try
        {
            var task = work();
            while (!task.IsCompleted)
            {
                if (_queue.TryRun())
                    continue;
                Assert.True(_timers.TryDequeue(out var timer, out var at), "nothing is left to wait for");
                if (!timer.IsOver)
                {
                    _now = Math.Max(_now, at.Due);
                    timer.Fire();
                }
            }
            return task.GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(callback, state);
        if (dueTime != Timeout.InfiniteTimeSpan)
            _timers.Enqueue(timer, (_now + dueTime.Ticks, _number++));
        return timer;
    }

    private sealed class Queue : SynchronizationContext
    {
        private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _work = [];

        public override void Post(SendOrPostCallback d, object? state) => _work.Enqueue((d, state));

        public bool TryRun()
        {
            if (!_work.TryDequeue(out var next))
                return false;
            next.Callback(next.State);
            return true;
        }
    }

    /// <summary>Fires once.</summary>
    private sealed class VirtualTimer(TimerCallback callback, object? state) : ITimer
    {
        public bool IsOver { get; private set; }

        public void Fire()
        {
            IsOver = true;
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

        public void Dispose() => IsOver = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
