using System.Runtime.CompilerServices;
using Google.Protobuf;
using Grpc.Core;
using VampNet.Core;
using VampNet.Protos.Live.V1;

namespace VampNet.Client;

/// <summary>
/// A loop that is played along with: audio and marks go up as one plays, and for every loop a round comes down in time. Sending and
/// receiving go on side by side; neither may be called twice at once.
/// </summary>
public sealed class LiveVamp : IDisposable
{
    // Whole frames of any number of channels, and small messages.
    private const int ChunkSamples = 1 << 14;

    private readonly AsyncDuplexStreamingCall<LiveServiceVampRequest, LiveServiceVampResponse> _call;

    private LiveVamp(AsyncDuplexStreamingCall<LiveServiceVampRequest, LiveServiceVampResponse> call, LiveStarted started) =>
        (_call, Started) = (call, started);

    /// <summary>The effective settings.</summary>
    public LiveStarted Started { get; }

    /// <summary>Opens a session.</summary>
    /// <param name="service">The service of a gateway.</param>
    /// <param name="config">How one plays; its sample rate and prompt are required.</param>
    /// <param name="options">Metadata and cancellation of the session; a deadline ends it.</param>
    /// <exception cref="RpcException">it was refused</exception>
    internal static async Task<LiveVamp> OpenAsync(LiveService.LiveServiceClient service, LiveConfig config, CallOptions options)
    {
        var call = service.Vamp(options);
        try
        {
            await call.RequestStream.WriteAsync(new LiveServiceVampRequest { Config = config });
            if (!await call.ResponseStream.MoveNext(options.CancellationToken) || call.ResponseStream.Current.Started is not { } started)
                throw new InvalidDataException("the gateway did not start the session");
            return new LiveVamp(call, started);
        }
        catch
        {
            call.Dispose();
            throw;
        }
    }

    /// <summary>Sends what is played.</summary>
    /// <param name="samples">Whole frames, interleaved; full scale is 1.</param>
    public async Task SendAsync(ReadOnlyMemory<float> samples)
    {
        for (; !samples.IsEmpty; samples = samples[Math.Min(ChunkSamples, samples.Length)..])
        {
            var chunk = samples[..Math.Min(ChunkSamples, samples.Length)];
            await _call.RequestStream.WriteAsync(
                new LiveServiceVampRequest { Audio = UnsafeByteOperations.UnsafeWrap(Floats.ToBytes(chunk.Span)) });
        }
    }

    /// <summary>Says that the loop ends with what was sent.</summary>
    public Task MarkAsync() => _call.RequestStream.WriteAsync(new LiveServiceVampRequest { Mark = new LoopMark() });

    /// <summary>Says that no more will be played; the rounds of the loops that were come to their end.</summary>
    public Task CompleteAsync() => _call.RequestStream.CompleteAsync();

    /// <summary>Rounds as they come.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the session.</param>
    public async IAsyncEnumerable<LiveRound> RoundsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var responses = _call.ResponseStream;
        while (await responses.MoveNext(cancellationToken))
        {
            if (responses.Current.Round is not { } round)
                throw new InvalidDataException("audio came without a round");
            var samples = new float[round.Samples * Math.Max(1, Started.Config.Channels)];
            for (var filled = 0; filled < samples.Length;)
            {
                if (!await responses.MoveNext(cancellationToken) || !responses.Current.HasAudio)
                    throw new InvalidDataException($"round {round.Number} lacks audio");
                var piece = Floats.FromBytes(responses.Current.Audio.Span);
                if (piece.Length == 0 || piece.Length > samples.Length - filled)
                    throw new InvalidDataException($"round {round.Number} has other samples than it says");
                piece.CopyTo(samples, filled);
                filled += piece.Length;
            }
            yield return new LiveRound(round, samples);
        }
    }

    /// <summary>Ends the session, whatever is under way.</summary>
    public void Dispose() => _call.Dispose();
}

/// <summary>What is to be played once the loop that is being played ends.</summary>
/// <param name="Round">What it is, and how it was made.</param>
/// <param name="Samples">Interleaved; full scale is 1.</param>
public sealed record LiveRound(Round Round, float[] Samples);
