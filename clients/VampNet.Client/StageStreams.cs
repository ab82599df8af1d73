using Google.Protobuf;
using Grpc.Core;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Tokens.V1;

namespace VampNet.Client;

/// <summary>Tokens of encoded audio, and what is needed to restore it.</summary>
/// <param name="Header">Sizes, gain and loudness, as the codec tells them before the tokens.</param>
/// <param name="Channels">The tokens of one channel, or of left and right; (codebooks, frames) each.</param>
public sealed record EncodedAudio(EncodeHeader Header, IReadOnlyList<TokenTensor> Channels)
{
    /// <summary>Of the first channel: the mix or left.</summary>
    public TokenTensor Tokens => Channels[0];
}

/// <summary>
/// Calls of the codec and the beat tracker that are streams, from their first message to their last. They go over any client of the
/// stage: of a gateway, or of one replica. <see cref="GeneratorClient"/> has that of the generators.
/// </summary>
public static class StageStreams
{
    /// <summary>Tokens of audio: a header comes, then blocks of each channel in the order of time.</summary>
    /// <param name="codec">A client of the codec.</param>
    /// <param name="config">What is to be made of the audio before it is encoded.</param>
    /// <param name="audio">The bytes of the audio, read to their end.</param>
    /// <param name="options">Deadline, metadata and cancellation of the call.</param>
    /// <exception cref="InvalidDataException">the codec sent no header, or blocks that do not fit together</exception>
    public static async Task<EncodedAudio> EncodeAsync(
        this CodecService.CodecServiceClient codec, EncodeConfig config, IAsyncEnumerable<ByteString> audio, CallOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(codec);
        using var call = codec.Encode(options);
        EncodeHeader? header = null;
        var blocks = new List<EncodeResponse>();
        await foreach (var response in call.ExchangeAsync(
            new EncodeRequest { Config = config }, audio, chunk => new EncodeRequest { Audio = chunk }))
        {
            if (response.Header is { } first)
                header = first;
            else
                blocks.Add(response);
        }
        var channels = blocks.GroupBy(b => b.Channel, b => b.Tokens).OrderBy(c => c.Key).Select(c => TokenBlocks.Join([.. c]));
        return new EncodedAudio(header ?? throw new InvalidDataException("the codec sent no header"), [.. channels]);
    }

    /// <summary>Audio of tokens: a header comes, then bytes.</summary>
    /// <param name="codec">A client of the codec.</param>
    /// <param name="tokens">The tokens of one channel, (codebooks, frames), without MASK.</param>
    /// <param name="config">Format, length and gain of the audio.</param>
    /// <param name="destination">Takes the bytes as they arrive.</param>
    /// <param name="options">Deadline, metadata and cancellation of the call.</param>
    /// <exception cref="InvalidDataException">the codec sent no header</exception>
    public static async Task<AudioHeader> DecodeAsync(
        this CodecService.CodecServiceClient codec, TokenTensor tokens, DecodeConfig config, Stream destination,
        CallOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(codec);
        ArgumentNullException.ThrowIfNull(destination);
        using var call = codec.Decode(options);
        AudioHeader? header = null;
        await foreach (var response in call.ExchangeAsync(
            new DecodeRequest { Config = config }, TokenBlocks.Split(tokens).ToAsyncEnumerable(),
            block => new DecodeRequest { Tokens = block }))
        {
            if (response.Header is { } first)
                header = first;
            else
                await destination.WriteAsync(response.Audio.Memory, options.CancellationToken);
        }
        return header ?? throw new InvalidDataException("the codec sent no header");
    }

    /// <summary>Beats and onsets of audio.</summary>
    /// <param name="beats">A client of the beat tracker.</param>
    /// <param name="config">The format of the audio, and the model that tracks it.</param>
    /// <param name="audio">The bytes of the audio, read to their end.</param>
    /// <param name="options">Deadline, metadata and cancellation of the call.</param>
    public static async Task<TrackResponse> TrackAsync(
        this BeatService.BeatServiceClient beats, TrackConfig config, IAsyncEnumerable<ByteString> audio, CallOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(beats);
        using var call = beats.Track(options);
        return await call.UploadAsync(new TrackRequest { Config = config }, audio, chunk => new TrackRequest { Audio = chunk });
    }
}
