using System.Collections.Concurrent;

namespace VampNet.Model.Compute;

/// <summary>More work is waiting for a device than its lane holds; trying again later may succeed.</summary>
public sealed class ComputeLaneFullException(string device, int capacity)
    : Exception($"{capacity} calls are waiting for {device} already");

/// <summary>
/// One thread that runs all model work of one device, one call at a time, in order of arrival. Calls that share a
/// device share its lane, so that the device's own threads never fight; tensors never leave it. (Models are built beside it,
/// once, and run on it from then on.)
/// </summary>
public sealed class ComputeLane : IDisposable
{
    private readonly BlockingCollection<Action> _queue;
    private readonly Thread _thread;

    /// <param name="device">such as "cpu" or "cuda:0"; names the thread</param>
    /// <param name="capacity">most calls that wait</param>
    public ComputeLane(string device, int capacity = 64)
    {
        Device = device;
        _queue = new BlockingCollection<Action>(capacity);
        _thread = new Thread(Run) { Name = $"compute {device}", IsBackground = true };
        _thread.Start();
    }

    public string Device { get; }

    /// <summary>Runs <paramref name="work"/> on the lane's thread; its exception, if any, comes out of the task.</summary>
    /// <param name="cancellationToken">takes the call out of the queue; once it runs, it is up to the work to look</param>
    /// <exception cref="ComputeLaneFullException">too many calls wait</exception>
    /// <exception cref="ObjectDisposedException">the lane is closed</exception>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        ObjectDisposedException.ThrowIf(_queue.IsAddingCompleted, this);
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = cancellationToken.Register(() => result.TrySetCanceled(cancellationToken));
        var added = _queue.TryAdd(() =>
        {
            waiting.Dispose();
            if (!result.Task.IsCompleted)
                Complete(result, work);
        });
        if (added)
            return result.Task;
        waiting.Dispose();
        throw new ComputeLaneFullException(Device, _queue.BoundedCapacity);
    }

    /// <summary>Runs <paramref name="work"/> after what waits now, however much that is: for what must not be refused, such as warming up a model.</summary>
    /// <exception cref="ObjectDisposedException">the lane is closed</exception>
    public Task<T> RunLaterAsync<T>(Func<T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        ObjectDisposedException.ThrowIf(_queue.IsAddingCompleted, this);
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        return Task.Run(() =>
        {
            _queue.Add(() => Complete(result, work));
            return result.Task;
        });
    }

    /// <summary>As <see cref="RunLaterAsync"/>, for giving back what lives on the lane.</summary>
    /// <exception cref="ObjectDisposedException">the lane is closed</exception>
    public Task ReleaseAsync(Action release)
    {
        ArgumentNullException.ThrowIfNull(release);
        return RunLaterAsync(() =>
        {
            release();
            return true;
        });
    }

    /// <summary>Finishes what waits, then ends the thread.</summary>
    public void Dispose()
    {
        if (_queue.IsAddingCompleted)
            return;
        _queue.CompleteAdding();
        _thread.Join();
        _queue.Dispose();
    }

    private void Run()
    {
        foreach (var call in _queue.GetConsumingEnumerable())
            call();
    }

    private static void Complete<T>(TaskCompletionSource<T> result, Func<T> work)
    {
        try
        {
            result.TrySetResult(work());
        }
        catch (OperationCanceledException cancelled)
        {
            result.TrySetCanceled(cancelled.CancellationToken);
        }
        catch (Exception error)
        {
            result.TrySetException(error);
        }
    }
}
