using System.Runtime.ExceptionServices;
using Grpc.Core;
using VampNet.Gateway.Pipeline;
using VampNet.Gateway.Telemetry;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.Generation;

/// <summary>
/// Where the windows of one request go through: so many at a time to a stage, and when one fails the others are called
/// off and its error is the request's.
/// </summary>
internal sealed class WindowGate : IAsyncDisposable
{
    // Enough for a few replicas to share a song, too few to fill a stage's queue.
    private const int InFlight = 4;

    private readonly CancellationTokenSource _calledOff;
    private readonly CallOptions _options;
    private readonly StageClock _clock;
    private readonly VariationTelemetry _telemetry;
    private readonly Dictionary<Stage, SemaphoreSlim> _slots = new() { [Stage.Coarse] = new(InFlight), [Stage.Fine] = new(InFlight) };
    private readonly List<WindowedPass> _passes = [];
    private ExceptionDispatchInfo? _failure;

    /// <param name="options">deadline and cancellation of the request</param>
    public WindowGate(CallOptions options, StageClock clock, VariationTelemetry telemetry)
    {
        _calledOff = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken);
        (_options, _clock, _telemetry) = (options.WithCancellationToken(_calledOff.Token), clock, telemetry);
    }

    /// <summary>What started is waited for when this gate closes.</summary>
    public WindowedPass Track(WindowedPass pass)
    {
        _passes.Add(pass);
        return pass;
    }

    /// <summary>Calls a stage once there is room.</summary>
    public async Task<TResult> RunAsync<TResult>(Stage stage, Func<CallOptions, Task<TResult>> call)
    {
        using var window = _telemetry.Window(stage);
        await _slots[stage].WaitAsync(_calledOff.Token);
        try
        {
            window.Start();
            using var _ = _clock.Measure(stage);
            return await call(_options);
        }
        catch (Exception error)
        {
            if (!_calledOff.IsCancellationRequested)
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(error), null);
            await _calledOff.CancelAsync();
            throw;
        }
        finally
        {
            _slots[stage].Release();
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
        await _calledOff.CancelAsync();
        foreach (var pass in _passes)
            await pass.Ended;
        _calledOff.Dispose();
        foreach (var slot in _slots.Values)
            slot.Dispose();
    }
}
