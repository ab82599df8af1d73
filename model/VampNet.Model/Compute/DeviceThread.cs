namespace VampNet.Model.Compute;

/// <summary>What model work runs on: one call at a time, in order of arrival.</summary>
public interface IDevice
{
    /// <summary>Runs <paramref name="work"/> when its turn has come; its exception, if any, comes out of the task.</summary>
    /// <param name="cancellationToken">takes the call out of the queue; once it runs, it is up to the work to look</param>
    Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken = default);
}

/// <summary>
/// One thread that runs all model work of one device, one call at a time, in order of arrival. Calls that share a
/// device share its thread, so that the device's own threads never fight; tensors never leave it. (Models are built beside it,
/// once, and run on it from then on.) Whatever is given to it waits: how much that may be is decided where requests begin.
/// </summary>
public sealed class DeviceThread : IDevice, IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);
    private readonly object _lock = new();
    private readonly LinkedList<Action> _queue = [];
    private readonly Thread _thread;
    private bool _isClosed;
    private bool _isResting; // memory was given back in this pause

    /// <param name="device">such as "cpu" or "cuda:0"; names the thread</param>
    public DeviceThread(string device)
    {
        Device = device;
        _thread = new Thread(Run) { Name = $"compute {device}", IsBackground = true };
        _thread.Start();
    }

    public string Device { get; }

    /// <summary>Calls that wait for their turn.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
                return _queue.Count;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">the thread has ended</exception>
    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var call = new LinkedListNode<Action>(() => Complete(result, work));
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            _queue.AddLast(call);
            Monitor.Pulse(_lock);
        }
        using var waiting = cancellationToken.Register(() =>
        {
            if (Leave(call))
                result.SetCanceled(cancellationToken);
        });
        return await result.Task;
    }

    /// <summary>As <see cref="RunAsync"/>, for giving back what lives on this thread.</summary>
    /// <exception cref="ObjectDisposedException">the thread has ended</exception>
    public Task ReleaseAsync(Action release)
    {
        ArgumentNullException.ThrowIfNull(release);
        return RunAsync(() =>
        {
            release();
            return true;
        });
    }

    /// <summary>Finishes what waits, then ends the thread.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            Monitor.Pulse(_lock);
        }
        _thread.Join();
    }

    private void Run()
    {
        while (Next() is { } call)
            call();
    }

    private Action? Next()
    {
        lock (_lock)
        {
            while (_queue.Count == 0 && !_isClosed)
            {
                if (Monitor.Wait(_lock, _isResting ? Timeout.InfiniteTimeSpan : s_pause) || _queue.Count > 0)
                    continue;
                _isResting = true;
                return TorchRuntime.ReturnMemory;
            }
            _isResting = false;
            var next = _queue.First;
            if (next is not null)
                _queue.RemoveFirst();
            return next?.Value;
        }
    }

    /// <summary>False where its turn has come.</summary>
    private bool Leave(LinkedListNode<Action> call)
    {
        lock (_lock)
        {
            if (call.List is null)
                return false;
            _queue.Remove(call);
            return true;
        }
    }

    private static void Complete<T>(TaskCompletionSource<T> result, Func<T> work)
    {
        try
        {
            result.SetResult(work());
        }
        catch (OperationCanceledException cancelled)
        {
            result.SetCanceled(cancelled.CancellationToken);
        }
        catch (Exception error)
        {
            result.SetException(error);
        }
    }
}
