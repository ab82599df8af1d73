using VampNet.Model.Compute;
using VampNet.Services.Hosting.Telemetry.Compute;

namespace VampNet.Services.Hosting.Models;

/// <summary>
/// A loaded model that is alive while somebody holds it: each name that it is served under, each lease, each call that
/// waits or runs. Whoever makes it holds it first.
/// </summary>
internal sealed class LiveModel<TModel>(TModel value, ComputeLane lane, ComputeTelemetry telemetry)
    where TModel : class
{
    private readonly Lock _lock = new();
    private int _holds = 1;
    private Task? _end;

    public TModel Value => value;

    public bool HasEnded => Volatile.Read(ref _end) is { IsCompleted: true };

    /// <summary>Only for those who know that it is held.</summary>
    public void Hold() => Interlocked.Increment(ref _holds);

    public void Release()
    {
        if (Interlocked.Decrement(ref _holds) == 0)
            _ = EndAsync();
    }

    /// <summary>Runs <paramref name="work"/> on the lane; the model is held until it has run.</summary>
    public async Task<TResult> RunAsync<TResult>(Func<TModel, TResult> work, CancellationToken cancellationToken)
    {
        using var call = telemetry.Queue();
        Hold();
        try
        {
            return await lane.RunAsync(() => call.Run(() => work(value)), cancellationToken);
        }
        finally
        {
            Release();
        }
    }

    /// <summary>As <see cref="RunAsync"/>; only for those who hold the model while it runs.</summary>
    public Task<TResult> StepAsync<TResult>(Func<TModel, TResult> work) => lane.RunAsync(() => work(value));

    /// <summary>Gives back what the model holds, after the calls that wait now.</summary>
    public Task EndAsync()
    {
        lock (_lock)
            return _end ??= value is IDisposable model ? lane.ReleaseAsync(model.Dispose) : Task.CompletedTask;
    }
}
