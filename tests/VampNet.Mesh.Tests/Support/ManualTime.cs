using Microsoft.Extensions.Time.Testing;

namespace VampNet.Mesh.Tests.Support;

/// <summary>Time that passes, and whose timers fire, when a test says so; and a test can wait for somebody to wait.</summary>
internal sealed class ManualTime() : FakeTimeProvider(DateTimeOffset.UtcNow)
{
    private readonly Lock _lock = new();
    private readonly List<Timer> _timers = [];
    private volatile TaskCompletionSource _set = new(TaskCreationOptions.RunContinuationsAsynchronously); // ends when a timer is set

    /// <summary>Lets the first periodic timer fire, once there is one.</summary>
    public async Task TickAsync() => Advance((await FindAsync(timer => timer.IsPeriodic)).Due - GetUtcNow());

    /// <summary>Until something waits for exactly so long from now on.</summary>
    public Task AwaitedAsync(TimeSpan wait) => FindAsync(timer => timer.Due == GetUtcNow() + wait);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this);
        timer.Start(base.CreateTimer(
            _ =>
            {
                timer.Fired();
                callback(state);
            },
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan));
        lock (_lock)
            _timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    private async Task<Timer> FindAsync(Func<Timer, bool> condition)
    {
        while (true)
        {
            var set = _set;
            lock (_lock)
            {
                if (_timers.Find(timer => condition(timer)) is { } found)
                    return found;
            }
            await set.Task;
        }
    }

    /// <summary>A timer that says when it is due.</summary>
    private sealed class Timer(ManualTime time) : ITimer
    {
        private ITimer _timer = null!;
        private TimeSpan _period;

        public bool IsPeriodic => _period > TimeSpan.Zero;

        public DateTimeOffset Due { get; private set; }

        public void Start(ITimer timer) => _timer = timer;

        public void Fired() => Due = After(_period);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            (Due, _period) = (After(dueTime), period);
            var changed = _timer.Change(dueTime, period);
            Interlocked.Exchange(ref time._set, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
            return changed;
        }

        public void Dispose()
        {
            lock (time._lock)
                time._timers.Remove(this);
            _timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private DateTimeOffset After(TimeSpan wait) => wait > TimeSpan.Zero ? time.GetUtcNow() + wait : DateTimeOffset.MaxValue;
    }
}
