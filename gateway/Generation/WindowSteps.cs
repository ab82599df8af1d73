using VampNet.Gateway.Pipeline;

namespace VampNet.Gateway.Generation;

/// <summary>Steps of one window, counted on whichever replica is first to take them.</summary>
internal sealed class WindowSteps(StepCounter song)
{
    private readonly Lock _lock = new();
    private int _taken;

    /// <param name="step">that was taken, from 1</param>
    public Task ReachAsync(int step)
    {
        int more;
        lock (_lock)
        {
            more = Math.Max(0, step - _taken);
            _taken += more;
        }
        return song.AddAsync(more);
    }
}
