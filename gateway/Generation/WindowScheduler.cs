using System.Runtime.ExceptionServices;
using Grpc.Core;
using VampNet.Gateway.Requests;
using VampNet.Gateway.Telemetry;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.Generation;

/// <summary>
/// Sends the windows of one request to their stages: so many at a time, those of the variation that is answered
/// first before the others, and when one fails the others are cancelled and its error is the request's.
/// </summary>
internal sealed class WindowScheduler : IAsyncDisposable
{
    // Of the variation that is being answered: enough for a few replicas to share it.
    private const int Own = 4;

    private readonly CancellationTokenSource _cancelled;
    private readonly CallOptions _options;
    private readonly Dictionary<Stage, WindowPermits> _permits;
    private readonly List<WindowedPass> _passes = [];
    private ExceptionDispatchInfo? _failure;

    /// <param name="coarse">most windows of all variations in the stage</param>
    /// <param name="fine">the same</param>
    /// <param name="options">deadline and cancellation of the request</param>
    public WindowScheduler(int coarse, int fine, CallOptions options)
    {
        _cancelled = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken);
        _options = options.WithCancellationToken(_cancelled.Token);
        _permits = new() { [Stage.Coarse] = new(Own, coarse), [Stage.Fine] = new(Own, fine) };
    }

    /// <summary>This variation is being answered from now on, and goes first.</summary>
    public void Answer(Variation variation)
    {
        foreach (var permits in _permits.Values)
            permits.Answer(variation.Number);
    }

    /// <summary>What started is waited for at the end of the request.</summary>
    public WindowedPass Track(WindowedPass pass)
    {
        _passes.Add(pass);
        return pass;
    }

    /// <summary>Calls a stage once there is a permit.</summary>
    public async Task<TResult> RunAsync<TResult>(Variation variation, WindowName name, Func<CallOptions, Task<TResult>> call)
    {
        using var window = variation.Telemetry.Window(name);
        var permits = _permits[name.Stage];
        await permits.TakeAsync(variation.Number, _cancelled.Token);
        try
        {
            window.Start();
            return await call(_options);
        }
        catch (Exception error)
        {
            if (!_cancelled.IsCancellationRequested)
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(error), null);
            await _cancelled.CancelAsync();
            throw;
        }
        finally
        {
            permits.Free(variation.Number);
        }
    }

    /// <summary>What <paramref name="work"/> does with the windows' results; a window that fails ends it with its own error.</summary>
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

    public async ValueTask DisposeAsync()
    {
        await _cancelled.CancelAsync();
        foreach (var pass in _passes)
            await pass.Ended;
        _cancelled.Dispose();
    }
}

/// <summary>How many windows of a request are at a generator at once (configuration section "Windows").</summary>
public sealed class WindowOptions
{
    public const string Section = "Windows";

    // A good batch for a generator, and too few to fill its door.
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
