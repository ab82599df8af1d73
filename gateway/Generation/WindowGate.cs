using System.Runtime.ExceptionServices;
using Grpc.Core;
using VampNet.Gateway.Pipeline;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.Generation;

/// <summary>
/// Where the windows of one request go through: so many at a time to a stage, those of the variation that is answered
/// first before the others, and when one fails the others are called off and its error is the request's.
/// </summary>
internal sealed class WindowGate : IAsyncDisposable
{
    // Of the variation that is being answered: enough for a few replicas to share a song.
    private const int Own = 4;

    private readonly CancellationTokenSource _calledOff;
    private readonly CallOptions _options;
    private readonly Dictionary<Stage, WindowPlaces> _places;
    private readonly List<WindowedPass> _passes = [];
    private ExceptionDispatchInfo? _failure;

    /// <param name="coarse">most windows of all variations in the stage</param>
    /// <param name="fine">the same</param>
    /// <param name="options">deadline and cancellation of the request</param>
    public WindowGate(int coarse, int fine, CallOptions options)
    {
        _calledOff = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken);
        _options = options.WithCancellationToken(_calledOff.Token);
        _places = new() { [Stage.Coarse] = new(Own, coarse), [Stage.Fine] = new(Own, fine) };
    }

    /// <summary>This variation is being answered from now on, and goes first.</summary>
    public void Answer(Variation variation)
    {
        foreach (var places in _places.Values)
            places.Answer(variation.Number);
    }

    /// <summary>What started is waited for when this gate closes.</summary>
    public WindowedPass Track(WindowedPass pass)
    {
        _passes.Add(pass);
        return pass;
    }

    /// <summary>Calls a stage once there is room.</summary>
    public async Task<TResult> RunAsync<TResult>(Variation variation, WindowName name, Func<CallOptions, Task<TResult>> call)
    {
        using var window = variation.Telemetry.Window(name);
        var places = _places[name.Stage];
        await places.TakeAsync(variation.Number, _calledOff.Token);
        try
        {
            window.Start();
            using var _ = variation.Clock.Measure(name.Stage);
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
            places.Free(variation.Number);
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
    }
}

/// <summary>Which window of a variation: for traces.</summary>
/// <param name="Pass">of several over the same song, from 0</param>
/// <param name="Channel">0 = the mix or left, 1 = right</param>
/// <param name="Number">from the start of the song, from 0</param>
internal readonly record struct WindowName(Stage Stage, int Pass, int Channel, int Number);
