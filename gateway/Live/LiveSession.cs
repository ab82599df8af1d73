using Google.Protobuf;
using Grpc.Core;
using VampNet.Core;
using VampNet.Protos.Live.V1;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.Live;

/// <summary>
/// One player's session. While a loop is played, the one before is varied, with as many steps as its time is likely to allow. A round is
/// due <see cref="LivePlan.Margin"/> before the loop that is being played ends, if that is as long as the one before: what is not ready
/// then is given up, and the last good variation sent. No more than two loops and two variations are in memory, and a client
/// that takes nothing is not read from any more.
/// </summary>
/// <param name="send">sends one response to the caller</param>
/// <param name="options">cancellation and tenant of every call to a stage</param>
internal sealed class LiveSession(
    LivePlan plan, LiveOptions limits, ILoopVamper vamper, Func<LiveServiceVampResponse, Task> send, CallOptions options, TimeProvider time)
{
    private const int ChunkBytes = 1 << 16;

    private readonly StepBudget _budget = new(plan.MostSteps);
    private readonly RoundJoiner _joiner = new(plan.Channels, plan.SampleRate);
    private (LoopVariation Variation, int Length)? _good;

    public async Task RunAsync(IAsyncEnumerable<LiveServiceVampRequest> requests)
    {
        var (number, round) = (0, Task.CompletedTask);
        try
        {
            await foreach (var loop in new LoopRecorder(plan, limits).RecordAsync(requests))
            {
                await round;
                round = PlayAsync(loop, ++number);
            }
        }
        finally
        {
            await round;
        }
    }

    /// <summary>Sends what is to be played after the next loop.</summary>
    private async Task PlayAsync(Loop loop, int number)
    {
        var began = time.GetTimestamp();
        var given = loop.Duration - plan.Margin;
        var made = await MakeAsync(loop, number, given);
        var (kind, variation, length) =
            made.Variation is { } fresh ? (RoundKind.Variation, fresh, loop.Length)
            : _good is { } good ? (RoundKind.Repeat, good.Variation, good.Length)
            : (RoundKind.Loop, new LoopVariation(loop.Around(0, 2 * loop.Length), 0, 0, 0, TimeSpan.Zero), loop.Length);
        if (kind != RoundKind.Loop)
            _good = (variation, length);
        await send(new LiveServiceVampResponse
        {
            Round = new Round
            {
                Number = (uint)number,
                Kind = kind,
                Samples = (ulong)length,
                CoarseSteps = (uint)variation.CoarseSteps,
                FineSteps = (uint)variation.FineSteps,
                Seed = variation.Seed,
                LatenessSeconds = (time.GetElapsedTime(began) - given).TotalSeconds,
                Problem = made.Problem,
            },
        });
        var bytes = Floats.ToBytes(_joiner.Join(variation.Samples, length));
        for (var at = 0; at < bytes.Length; at += ChunkBytes)
            await send(new LiveServiceVampResponse
            {
                Audio = UnsafeByteOperations.UnsafeWrap(bytes.AsMemory(at, Math.Min(ChunkBytes, bytes.Length - at))),
            });
    }

    /// <returns>a new variation, or why there is none</returns>
    private async Task<(LoopVariation? Variation, string Problem)> MakeAsync(Loop loop, int number, TimeSpan given)
    {
        if (given <= TimeSpan.Zero)
            return (null, "late");
        var (frames, began) = (LoopVamper.Frames(loop), time.GetTimestamp());
        var steps = _budget.Choose(frames, given);
        using var late = new CancellationTokenSource(given, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, options.CancellationToken);
        try
        {
            var variation = await vamper.VampAsync(loop, plan.SeedOf(number), steps, options.WithCancellationToken(either.Token));
            _budget.Add(frames, steps, time.GetElapsedTime(began), variation.Generating);
            return (variation, "");
        }
        catch (Exception error) when (
            late.IsCancellationRequested && !options.CancellationToken.IsCancellationRequested && error is not InvalidRequestException)
        {
            _budget.Late(frames, steps, given);
            return (null, "late");
        }
        catch (RpcException error) when (!options.CancellationToken.IsCancellationRequested && MayPass(error.StatusCode))
        {
            return (null, error.Status.Detail);
        }
    }

    /// <summary>The next round may be made all the same.</summary>
    private static bool MayPass(StatusCode status) =>
        status is StatusCode.Unavailable or StatusCode.ResourceExhausted or StatusCode.Aborted or StatusCode.Internal;
}

/// <summary>
/// Lets rounds follow each other without a step: each begins with a crossfade from what the one before would have gone on with.
/// </summary>
internal sealed class RoundJoiner(int channels, int sampleRate)
{
    // Long enough to hide the join, too short to be heard as one.
    private const double CrossfadeSeconds = 0.01;

    private readonly int _fade = (int)(CrossfadeSeconds * sampleRate);
    private float[]? _rest; // what the round before would go on with

    /// <param name="samples">of a round and what it would go on with, interleaved</param>
    /// <param name="length">of the round, per channel</param>
    /// <returns>the round</returns>
    public float[] Join(float[] samples, int length)
    {
        var round = samples[..(length * channels)];
        for (var i = 0; _rest is not null && i < _fade * channels; i++)
        {
            var share = (i / channels + 1f) / (_fade + 1);
            round[i] = _rest[i] + (round[i] - _rest[i]) * share;
        }
        _rest = samples[(length * channels)..((length + _fade) * channels)];
        return round;
    }
}
