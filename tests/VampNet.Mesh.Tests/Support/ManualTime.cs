namespace VampNet.Mesh.Tests.Support;

/// <summary>Time that passes, and whose timers fire, when a test says so.</summary>
/// <remarks>
/// Not FakeTimeProvider: that fires a timer without a due time at once, and cannot tell when a server waits, so that tests ran ahead of
/// servers and failed now and then.
/// </remarks>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly TaskCompletionSource<ManualTimer> _periodic = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource _set = new(TaskCreationOptions.RunContinuationsAsynchronously); // ends when a timer is set
    private readonly DateTimeOffset _start = DateTimeOffset.UtcNow;
    private long _passed; // in ticks

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Fires what becomes due, once each.</summary>
    public void Advance(TimeSpan time)
    {
        foreach (var timer in Pass(time))
            timer.Fire();
    }

    public override long GetTimestamp() => Interlocked.Read(ref _passed);

    public override DateTimeOffset GetUtcNow() => _start.AddTicks(GetTimestamp());

    /// <summary>Lets the first periodic timer fire, once there is one.</summary>
    public async Task TickAsync() => (await _periodic.Task).Fire();

    /// <summary>Until something waits for exactly so long from now on.</summary>
    public async Task AwaitedAsync(TimeSpan wait)
    {
        for (var set = _set; !IsAwaited(wait); set = _set)
            await set.Task;
    }

    /// <summary>
    /// Lets so much pass as soon as something waits for exactly that: whatever it waits for comes too late, even if it comes now.
    /// </summary>
    public async Task AdvanceWhenAwaitedAsync(TimeSpan wait)
    {
        ManualTimer[]? due;
        for (var set = _set; (due = PassIfAwaited(wait)) is null; set = _set)
            await set.Task;
        foreach (var timer in due)
            timer.Fire();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        lock (_lock)
            _timers.Add(timer);
        WasSet();
        if (period != Timeout.InfiniteTimeSpan)
            _periodic.TrySetResult(timer);
        return timer;
    }

    private void WasSet() => Interlocked.Exchange(ref _set, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    /// <returns>what has become due</returns>
    private ManualTimer[] Pass(TimeSpan time)
    {
        lock (_lock)
        {
            var now = Interlocked.Add(ref _passed, time.Ticks);
            return [.. _timers.Where(timer => timer.Due <= now)];
        }
    }

    /// <summary>Within the lock, so that nobody stops to wait meanwhile; what fires, fires outside: it may wait for others.</summary>
    private ManualTimer[]? PassIfAwaited(TimeSpan wait)
    {
        lock (_lock)
            return IsAwaited(wait) ? Pass(wait) : null;
    }

    private bool IsAwaited(TimeSpan wait)
    {
        lock (_lock)
            return _timers.Any(timer => timer.Due == GetTimestamp() + wait.Ticks);
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        /// <summary>Timestamp at which it fires next.</summary>
        public long Due { get; private set; }

        public void Fire()
        {
            Due = After(_period);
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            (Due, _period) = (After(dueTime), period);
            time.WasSet();
            return true;
        }

        public void Dispose()
        {
            lock (time._lock)
                time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private long After(TimeSpan wait) =>
            wait == Timeout.InfiniteTimeSpan || wait == TimeSpan.Zero ? long.MaxValue : time.GetTimestamp() + wait.Ticks;
    }
}
