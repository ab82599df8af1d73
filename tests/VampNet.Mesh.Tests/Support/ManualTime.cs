namespace VampNet.Mesh.Tests.Support;

/// <summary>Time whose timers fire when a test says so.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly TaskCompletionSource<ManualTimer> _timer = new(TaskCreationOptions.RunContinuationsAsynchronously);

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
