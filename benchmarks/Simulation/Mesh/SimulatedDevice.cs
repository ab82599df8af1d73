using VampNet.Model.Compute;
using VampNet.Simulation.Engine;

namespace VampNet.Simulation.Mesh;

/// <summary>A device on which work lasts as long as it says that it would: one call at a time, in order of arrival.</summary>
internal sealed class SimulatedDevice(VirtualTime time) : IDevice
{
    private readonly Queue<Action> _queue = new();
    private bool _isBusy;

    /// <summary>Seconds that it has computed.</summary>
    public double Busy { get; private set; }

    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken = default)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Enqueue(() =>
        {
            var value = work();
            var cost = time.TakeSpent();
            Busy += cost.TotalSeconds;
            time.After(cost, () =>
            {
                result.SetResult(value);
                Next();
            });
        });
        if (!_isBusy)
            Next();
        return result.Task;
    }

    private void Next()
    {
        _isBusy = _queue.TryDequeue(out var call);
        call?.Invoke();
    }
}
