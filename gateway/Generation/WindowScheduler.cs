using System.Runtime.ExceptionServices;
using Grpc.Core;
using VampNet.Gateway.Requests;
using VampNet.Gateway.Telemetry;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.Generation;

/// <summary>
/// Sends the windows of one request to their stages: so many at a time, those of the variation that is answered first before the others.
/// When one fails the request is over, and its error is the request's.
/// </summary>
/// <remarks>
/// When a request is over, whether it was cancelled or failed, only the calls that are at a stage end. Windows that wait are not told:
/// their tasks never complete, and go with those that wait for them, however many there are. So whoever reads results waits for the end of
/// the request, too (<see cref="WatchAsync"/>).
/// </remarks>
internal sealed class WindowScheduler : IAsyncDisposable
{
    // Of the variation that is being answered: enough for a few replicas to share it.
    private const int Own = 4;

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _over;
    private readonly CallOptions _options;
    private readonly Dictionary<Stage, WindowPermits> _permits;
    private readonly HashSet<Task> _calls = []; // at a stage
    private ExceptionDispatchInfo? _failure;

    /// <param name="coarse">most windows of all variations in the stage</param>
    /// <param name="fine">the same</param>
    /// <param name="options">deadline and cancellation of the request</param>
    public WindowScheduler(int coarse, int fine, CallOptions options)
    {
        _over = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken);
        _options = options.WithCancellationToken(_over.Token);
        _permits = new() { [Stage.Coarse] = new(Own, coarse), [Stage.Fine] = new(Own, fine) };
        MostAtOnce = Own + Math.Max(coarse, fine);
    }

    /// <summary>No stage has more windows of the request at once.</summary>
    public int MostAtOnce { get; }

    /// <summary>This variation is being answered from now on, and goes first.</summary>
    public void Answer(Variation variation)
    {
        foreach (var permits in _permits.Values)
            permits.Answer(variation.Number);
    }

    /// <summary>Calls a stage once there is a permit. Never ends if the request is over first.</summary>
    public async Task<TResult> RunAsync<TResult>(Variation variation, WindowName name, Func<CallOptions, Task<TResult>> call)
    {
        using var window = variation.Telemetry.Window(name);
        var permits = _permits[name.Stage];
        await permits.TakeAsync(variation.Number);
        if (Begin(() => call(_options), window.Start) is { } running)
        {
            try
            {
                var result = await running;
                permits.Free(variation.Number);
                return result;
            }
            catch (Exception error)
            {
                await FailAsync(error);
            }
            finally
            {
                lock (_lock)
                    _calls.Remove(running);
            }
        }
        return await new TaskCompletionSource<TResult>().Task;
    }

    /// <summary>What <paramref name="work"/> does with the windows' results; a window that fails ends it with its own error.</summary>
    /// <param name="work">waits for no result longer than its options' token lets it</param>
    public async Task WatchAsync(Func<CallOptions, Task> work)
    {
        try
        {
            await work(_options);
        }
        catch when (Volatile.Read(ref _failure) is not null)
        {
            _failure!.Throw();
        }
    }

    /// <summary>The request is over; waits for the calls that are at a stage.</summary>
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        Task[] calls;
        lock (_lock)
            calls = [.. _calls];
        await Task.WhenAll(calls).ContinueWith(_ => { }, TaskContinuationOptions.ExecuteSynchronously);
        _over.Dispose();
    }

    private async Task FailAsync(Exception error)
    {
        if (_over.IsCancellationRequested)
            return;
        Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(error), null);
        await _over.CancelAsync();
    }

    /// <returns>null: the request is over</returns>
    private Task<TResult>? Begin<TResult>(Func<Task<TResult>> call, Action started)
    {
        lock (_lock)
        {
            if (_over.IsCancellationRequested)
                return null;
            started();
            var running = call();
            _calls.Add(running);
            return running;
        }
    }
}

/// <summary>How many windows of a request are at a generator at once (configuration section "Windows").</summary>
public sealed class WindowOptions
{
    public const string Section = "Windows";

    // A good batch for a generator, and too few to take all of its permits.
    private const int Batch = 16;

    /// <summary>
    /// Most windows of all variations of a request; the one that is being answered has four in any case. Null: 16, or,
    /// where the generator computes on a CPU, as many as it has replicas. A batch costs a CPU about as much as its parts
    /// one after the other, so there the first variation would wait for the others, and nobody would gain.
    /// </summary>
    public int? MaxInFlight { get; set; }

    /// <param name="device">of a stage, such as "cpu" or "cuda:0"</param>
    /// <param name="replicas">of the stage that serve</param>
    internal int Room(string device, int replicas) =>
        MaxInFlight ?? (device.StartsWith("cpu", StringComparison.Ordinal) ? Math.Clamp(replicas, 1, Batch) : Batch);
}
