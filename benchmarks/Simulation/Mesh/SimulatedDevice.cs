using VampNet.Model.Compute;
using VampNet.Simulation.Engine;

namespace VampNet.Simulation.Mesh;

/// <summary>A device on which work lasts as long as it says that it would: one call at a time, in order of arrival.</summary>
/// <param name="processor">that it shares with others, and then waits for; null = nobody is in its way</param>
internal sealed class SimulatedDevice(VirtualTime time, SimulatedProcessor? processor = null) : IDevice
{
    private readonly Queue<Action> _queue = new();
    private bool _isBusy;

    /// <summary>Seconds that it has computed, by the clock.</summary>
    public double Busy { get; private set; }

    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken = default)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Enqueue(() =>
        {
            var (began, value) = (time.Now, work());
            var cost = time.TakeSpent();
            if (processor is null)
                time.After(cost, End);
            else
                processor.Run(cost, End);

            void End()
            {
                Busy += time.Now - began;
                result.SetResult(value);
                Next();
            }
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
