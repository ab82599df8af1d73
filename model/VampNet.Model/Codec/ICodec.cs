using VampNet.Core.Tokens;

namespace VampNet.Model.Codec;

/// <summary>Audio to encode.</summary>
/// <param name="Audio">mono samples, at least one; the end is padded with zeros to a whole frame</param>
/// <param name="Skip">frames before the first that is wanted</param>
/// <param name="Count">frames that are wanted</param>
public readonly record struct EncodeWindow(ReadOnlyMemory<float> Audio, int Skip, int Count);

/// <summary>Tokens to decode.</summary>
/// <param name="Tokens">at least one codebook, none hidden</param>
/// <param name="Skip">frames before the first that is wanted</param>
/// <param name="Count">frames that are wanted</param>
public readonly record struct DecodeWindow(TokenGrid Tokens, int Skip, int Count);

/// <summary>
/// A neural audio codec: mono audio to residual-vector-quantised tokens and back (paper 3.1). It takes windows of one length
/// at once, and what becomes of one does not depend on the others; <see cref="CodecExtensions"/> take audio of any length
/// through in chunks.
/// </summary>
public interface ICodec : IDisposable
{
    /// <summary>Sample rate of the audio in and out, in Hz.</summary>
    int SampleRate { get; }

    /// <summary>Samples per frame.</summary>
    int Hop { get; }

    /// <summary>Number of residual codebooks.</summary>
    int Codebooks { get; }

    /// <summary>
    /// Whether several windows are one pass of the network; if not, there is nothing to gain by encoding or decoding them at once.
    /// </summary>
    bool SharesPasses { get; }

    /// <summary>Tokens of each window: <see cref="Codebooks"/> × its count of frames.</summary>
    /// <param name="windows">at <see cref="SampleRate"/>, all of one length in frames</param>
    /// <exception cref="ArgumentException">the lengths differ</exception>
    IReadOnlyList<TokenGrid> Encode(IReadOnlyList<EncodeWindow> windows);

    /// <summary>Audio of each window: its count of frames × <see cref="Hop"/> samples.</summary>
    /// <param name="windows">all of one length, and of the same number of codebooks, 1 to <see cref="Codebooks"/></param>
    /// <exception cref="ArgumentException">a token is MASK, there are too many codebooks, or the sizes differ</exception>
    IReadOnlyList<float[]> Decode(IReadOnlyList<DecodeWindow> windows);
}

/// <summary>One window, and whole audio in memory, chunk by chunk.</summary>
public static class CodecExtensions
{
    /// <summary>Frames of so much audio, the last one padded.</summary>
    public static int FramesOf(this ICodec codec, int samples) => (samples + codec.Hop - 1) / codec.Hop;

    /// <summary>Tokens of one window.</summary>
    /// <inheritdoc cref="EncodeWindow"/>
    public static TokenGrid Encode(this ICodec codec, ReadOnlyMemory<float> audio, int skip, int count) =>
        codec.Encode([new EncodeWindow(audio, skip, count)])[0];

    /// <summary>Audio of one window.</summary>
    /// <inheritdoc cref="DecodeWindow"/>
    public static float[] Decode(this ICodec codec, TokenGrid tokens, int skip, int count) =>
        codec.Decode([new DecodeWindow(tokens, skip, count)])[0];

    /// <summary>Tokens of audio.</summary>
    /// <param name="audio">
    /// mono samples at <see cref="ICodec.SampleRate"/>, at least one; the end is padded with zeros to a whole frame
    /// </param>
    public static TokenGrid Encode(this ICodec codec, ReadOnlyMemory<float> audio)
    {
        if (audio.IsEmpty)
            throw new ArgumentException("no samples", nameof(audio));
        var parts = new List<TokenGrid>();
        foreach (var chunk in CodecChunk.Of(codec.FramesOf(audio.Length)))
        {
            var from = chunk.From * codec.Hop;
            parts.Add(codec.Encode(audio[from..Math.Min(audio.Length, from + chunk.Length * codec.Hop)], chunk.Skip, chunk.Count));
        }
        return TokenGrid.ConcatFrames(parts);
    }

    /// <summary>Audio of tokens: frames × <see cref="ICodec.Hop"/> samples.</summary>
    /// <param name="tokens">1 to <see cref="ICodec.Codebooks"/> codebooks, none hidden</param>
    public static float[] Decode(this ICodec codec, TokenGrid tokens)
    {
        var audio = new float[tokens.Frames * codec.Hop];
        foreach (var chunk in CodecChunk.Of(tokens.Frames))
            codec.Decode(tokens.SliceFrames(chunk.From, chunk.Length), chunk.Skip, chunk.Count).CopyTo(audio, chunk.Start * codec.Hop);
        return audio;
    }
}
