namespace VampNet.Model.Compute;

/// <summary>What model work runs on: one call at a time.</summary>
public interface IDevice
{
    /// <summary>Runs <paramref name="work"/> when its turn has come; its exception, if any, comes out of the task.</summary>
    /// <param name="cancellationToken">takes the call out of the queue; once it runs, it is up to the work to look</param>
    Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken = default);
}

/// <summary>
/// One thread that runs all model work of one device, one call at a time. Calls that share a device share its thread, so that the
/// device's own threads never fight; tensors never leave it. (Models are built beside it, once, and run on it from then on.) Whoever has a
/// share of it gets as much time as the others who want any, however short his calls are: that is how the fine model keeps up with the
/// coarse one, whose steps take five times as long. Within a share calls run in order of arrival. Whatever is given to it waits: how much
/// that may be is decided where requests begin.
/// </summary>
public sealed class DeviceThread : IDevice, IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);
    private readonly object _lock = new();
    private readonly List<DeviceShare> _waiting = []; // shares with calls
    private readonly DeviceShare _own;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private long _pass; // of the share that was served last
    private bool _isClosed;
    private bool _isResting; // memory was given back in this pause

    /// <param name="device">such as "cpu" or "cuda:0"; names the thread</param>
    /// <param name="time">what shares are measured by; null = the system's</param>
    public DeviceThread(string device, TimeProvider? time = null)
    {
        (Device, _time) = (device, time ?? TimeProvider.System);
        _own = new DeviceShare(this, TaskCreationOptions.RunContinuationsAsynchronously);
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
                return _waiting.Sum(share => share.Calls.Count);
        }
    }

    /// <summary>
    /// A share of the device's time. What awaits a call of a share goes on before the next call runs, so that whoever takes step after step
    /// is back in time; it must not hold the thread up.
    /// </summary>
    public IDevice OpenShare() => new DeviceShare(this, TaskCreationOptions.None);

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">the thread has ended</exception>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken = default) => _own.RunAsync(work, cancellationToken);

    /// <summary>Finishes what waits, then ends the thread; not from a call of its own.</summary>
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
        while (Next() is var (share, call))
        {
            var started = _time.GetTimestamp();
            var complete = call();
            lock (_lock)
                share.Pass += _time.GetTimestamp() - started;
            complete();
        }
    }

    private (DeviceShare Share, Func<Action> Call)? Next()
    {
        lock (_lock)
        {
            while (_waiting.Count == 0 && !_isClosed)
            {
                if (Monitor.Wait(_lock, _isResting ? Timeout.InfiniteTimeSpan : s_pause) || _waiting.Count > 0)
                    continue;
                _isResting = true;
                return (_own, ReturnMemory);
            }
            _isResting = false;
            if (_waiting.MinBy(share => share.Pass) is not { } next)
                return null;
            var call = next.Calls.First!;
            Remove(next, call);
            _pass = next.Pass;
            return (next, call.Value);
        }
    }

    private static Action ReturnMemory()
    {
        TorchRuntime.ReturnMemory();
        return () => { };
    }

    /// <summary>Under the lock.</summary>
    private void Remove(DeviceShare share, LinkedListNode<Func<Action>> call)
    {
        share.Calls.Remove(call);
        if (share.Calls.Count == 0)
            _waiting.Remove(share);
    }

    private sealed class DeviceShare(DeviceThread device, TaskCreationOptions continuations) : IDevice
    {
        public LinkedList<Func<Action>> Calls { get; } = [];

        /// <summary>Time that it had, in ticks of the clock; a share that comes back starts level with those that are there.</summary>
        public long Pass { get; set; }

        public async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken = default)
        {
            ArgumentNullException.ThrowIfNull(work);
            var result = new TaskCompletionSource<T>(continuations);
            var call = new LinkedListNode<Func<Action>>(() => Call(result, work));
            lock (device._lock)
            {
                ObjectDisposedException.ThrowIf(device._isClosed, device);
                if (Calls.Count == 0)
                {
                    Pass = Math.Max(Pass, device._pass);
                    device._waiting.Add(this);
                }
                Calls.AddLast(call);
                Monitor.Pulse(device._lock);
            }
            using var waiting = cancellationToken.Register(() =>
            {
                if (Leave(call))
                    result.SetCanceled(cancellationToken);
            });
            return await result.Task;
        }

        /// <summary>False where its turn has come.</summary>
        private bool Leave(LinkedListNode<Func<Action>> call)
        {
            lock (device._lock)
            {
                if (call.List is null)
                    return false;
                device.Remove(this, call);
                return true;
            }
        }

        /// <returns>tells whoever waits</returns>
        private static Action Call<T>(TaskCompletionSource<T> result, Func<T> work)
        {
            try
            {
                var value = work();
                return () => result.SetResult(value);
            }
            catch (OperationCanceledException cancelled)
            {
                return () => result.SetCanceled(cancelled.CancellationToken);
            }
            catch (Exception error)
            {
                return () => result.SetException(error);
            }
        }
    }
}
