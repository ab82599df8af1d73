using VampNet.Model.Compute;
using VampNet.Services.Inference.Scheduling;

namespace VampNet.Services.Inference.Models;

/// <summary>
/// A loaded model that is alive while somebody holds it: each name that it is served under, each lease, the scheduler while
/// it has jobs. Whoever makes it holds it first.
/// </summary>
internal sealed class SharedModel<TModel> : IHeldModel<TModel>
    where TModel : class
{
    private readonly Lock _lock = new();
    private readonly IDevice _share;
    private int _holds = 1;
    private Task? _end;

    public SharedModel(TModel value, DeviceThread device, StepSchedulers schedulers)
    {
        (Value, _share) = (value, device.OpenShare());
        Scheduler = schedulers.Of(this, _share);
    }

    public TModel Value { get; }

    /// <summary>What all work goes through.</summary>
    public StepScheduler<TModel> Scheduler { get; }

    public bool HasEnded => Volatile.Read(ref _end) is { IsCompleted: true };

    /// <inheritdoc/>
    public void Hold() => Interlocked.Increment(ref _holds);

    public void Release()
    {
        if (Interlocked.Decrement(ref _holds) == 0)
            _ = EndAsync();
    }

    /// <summary>Gives back what the model holds, after the calls that wait now.</summary>
    public Task EndAsync()
    {
        lock (_lock)
            return _end ??= Value is IDisposable model ? EndAsync(model) : Task.CompletedTask;
    }

    /// <summary>Whoever waits for the end, and may end the device next, goes on elsewhere.</summary>
    private Task<bool> EndAsync(IDisposable model) =>
        _share.RunAsync(() => Dispose(model))
            .ContinueWith(ended => ended, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).Unwrap();

    private static bool Dispose(IDisposable model)
    {
        model.Dispose();
        return true;
    }
}
