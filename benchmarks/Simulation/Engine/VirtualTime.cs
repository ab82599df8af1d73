namespace VampNet.Simulation.Engine;

/// <summary>
/// A clock that stands still while anything can run, and then jumps to the next timer. Everything runs on the process's thread pool, which
/// has a single thread (the project's <c>ThreadPoolMaxThreads</c>): real classes of the product run here as they are, whatever way their
/// tasks continue, one after another and always in the same order.
/// </summary>
internal sealed class VirtualTime : TimeProvider, IThreadPoolWorkItem
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<(VirtualTimer Timer, long Version), (long Due, long Order)> _timers = new();
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<Task> _work;
    private Task? _running;
    private long _now, _spent, _order; // ticks; number of a timer

    private VirtualTime(Func<VirtualTime, Task> work) => _work = () => work(this);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Seconds since the beginning.</summary>
    public double Now => TimeSpan.FromTicks(_now).TotalSeconds;

    /// <summary>Runs work to its end; only what it waits for by this clock takes time.</summary>
    /// <exception cref="InvalidOperationException">the thread pool has several threads, or the work waits for what never comes</exception>
    public static void Run(Func<VirtualTime, Task> work)
    {
        ThreadPool.GetMaxThreads(out var threads, out _);
        if (threads != 1)
            throw new InvalidOperationException($"the thread pool has {threads} threads: run the program VampNet.Simulation itself");
        var time = new VirtualTime(work);
        ThreadPool.UnsafeQueueUserWorkItem(time, preferLocal: false);
        time._end.Task.GetAwaiter().GetResult();
    }

    public override long GetTimestamp() => _now + _spent;

    public override DateTimeOffset GetUtcNow() => s_start.AddTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Has something happen after a while.</summary>
    public void After(TimeSpan delay, Action action) =>
        CreateTimer(static state => ((Action)state!)(), action, delay, Timeout.InfiniteTimeSpan);

    public Task Delay(double seconds, CancellationToken cancellationToken = default) =>
        Task.Delay(TimeSpan.FromSeconds(seconds), this, cancellationToken);

    /// <summary>
    /// Work that runs now, in no time, says what time it would take: until <see cref="TakeSpent"/> the clock goes by so much ahead, so
    /// that whoever measures the work finds it.
    /// </summary>
    public void Spend(TimeSpan cost) => _spent += cost.Ticks;

    /// <summary>Sets the clock back to what it is for all others.</summary>
    /// <returns>how long the work is to last</returns>
    public TimeSpan TakeSpent()
    {
        var spent = TimeSpan.FromTicks(_spent);
        _spent = 0;
        return spent;
    }

    /// <summary>The pump: once nothing else can run, the next timer fires.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        _running ??= _work();
        if (_running.IsCompleted)
        {
            _end.SetFromTask(_running);
            return;
        }
        if (ThreadPool.PendingWorkItemCount == 0 && !FireNext())
        {
            _end.SetException(new InvalidOperationException("everything waits, and no timer is set"));
            return;
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private bool FireNext()
    {
        while (_timers.TryDequeue(out var next, out var at))
        {
            if (next.Timer.Version != next.Version)
                continue;
            _now = at.Due;
            next.Timer.Fire();
            return true;
        }
        return false;
    }

    private sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        /// <summary>Changes with every change of the timer: what was set before is void.</summary>
        public long Version { get; private set; }

        public void Fire()
        {
            Change(_period, _period);
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            Version++;
            if (dueTime != Timeout.InfiniteTimeSpan)
                time._timers.Enqueue((this, Version), (time._now + Math.Max(0, dueTime.Ticks), time._order++));
            return true;
        }

        public void Dispose() => Version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
