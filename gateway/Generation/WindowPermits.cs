namespace VampNet.Gateway.Generation;

/// <summary>
/// Permits of the windows of one request to be at a stage. Those who wait for one get it by variation, the lowest first, and by
/// arrival within one.
/// </summary>
/// <param name="own">permits that the variation that is being answered may have in any case</param>
/// <param name="room">permits of all together, where it leaves some</param>
internal sealed class WindowPermits(int own, int room)
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<(int Variation, TaskCompletionSource Turn), (int Variation, long Arrival)> _waiting = new();
    private readonly Dictionary<int, int> _taken = []; // by variation
    private int _answered;
    private int _all;
    private long _arrivals;

    /// <summary>This variation is being answered from now on.</summary>
    public void Answer(int variation)
    {
        lock (_lock)
        {
            _answered = variation;
            HandOut();
        }
    }

    public Task TakeAsync(int variation)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Enqueue((variation, turn), (variation, _arrivals++));
            HandOut();
        }
        return turn.Task;
    }

    /// <summary>Gives a permit back.</summary>
    public void Free(int variation)
    {
        lock (_lock)
        {
            Count(variation, -1);
            HandOut();
        }
    }

    /// <summary>The first that waits may go, or none may.</summary>
    private void HandOut()
    {
        while (_waiting.TryPeek(out var first, out _)
            && (_all < room || (first.Variation == _answered && _taken.GetValueOrDefault(_answered) < own)))
        {
            _waiting.Dequeue();
            Count(first.Variation, 1);
            first.Turn.SetResult();
        }
    }

    private void Count(int variation, int permits)
    {
        _taken[variation] = _taken.GetValueOrDefault(variation) + permits;
        _all += permits;
    }
}
