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
    /// <exception cref="ComputeLaneFullException">too many calls wait</exception>
    public Task<TResult> RunAsync<TResult>(Func<TModel, TResult> work, CancellationToken cancellationToken)
    {
        var call = telemetry.Queue();
        Task<TResult> run;
        try
        {
            run = lane.RunAsync(() => call.Run(() => work(value)), cancellationToken);
        }
        catch
        {
            call.Dispose();
            throw;
        }
        Hold();
        return ReleaseAfterAsync(run, call);
    }

    /// <summary>Runs <paramref name="work"/> after what waits now; only for those who hold the model while it runs.</summary>
    public Task<TResult> StepAsync<TResult>(Func<TModel, TResult> work) => lane.RunLaterAsync(() => work(value));

    public string Device => lane.Device;

    /// <summary>Gives back what the model holds, after the calls that wait now.</summary>
    public Task EndAsync()
    {
        lock (_lock)
            return _end ??= value is IDisposable model ? lane.ReleaseAsync(model.Dispose) : Task.CompletedTask;
    }

    private async Task<TResult> ReleaseAfterAsync<TResult>(Task<TResult> run, ComputeCall call)
    {
        using var _ = call;
        try
        {
            return await run;
        }
        finally
        {
            Release();
        }
    }
}
