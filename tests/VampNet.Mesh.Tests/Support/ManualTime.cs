namespace VampNet.Mesh.Tests.Support;

/// <summary>Time that passes, and whose timers fire, when a test says so.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly TaskCompletionSource<ManualTimer> _timer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly DateTimeOffset _start = DateTimeOffset.UtcNow;
    private long _passed; // in ticks

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Advance(TimeSpan time) => Interlocked.Add(ref _passed, time.Ticks);

    public override long GetTimestamp() => Interlocked.Read(ref _passed);

    public override DateTimeOffset GetUtcNow() => _start.AddTicks(GetTimestamp());

    /// <summary>Lets the first timer fire, once there is one.</summary>
    public async Task TickAsync() => (await _timer.Task).Fire();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(callback, state);
        _timer.TrySetResult(timer);
        return timer;
    }

    private sealed class ManualTimer(TimerCallback callback, object? state) : ITimer
    {
        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
