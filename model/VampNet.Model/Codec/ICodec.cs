using VampNet.Model.Tokens;

namespace VampNet.Model.Codec;

/// <summary>
/// A neural audio codec: mono audio to residual-vector-quantised tokens and back (paper 3.1). Every call is one pass of
/// its network; <see cref="CodecExtensions"/> take audio of any length through in chunks.
/// </summary>
public interface ICodec : IDisposable
{
    /// <summary>Sample rate of the audio in and out, in Hz.</summary>
    int SampleRate { get; }

    /// <summary>Samples per frame.</summary>
    int Hop { get; }

    /// <summary>Number of residual codebooks.</summary>
    int Codebooks { get; }

    /// <summary>Tokens of some frames of mono audio; the end is padded with zeros to a whole frame.</summary>
    /// <param name="audio">mono samples at <see cref="SampleRate"/>, at least one</param>
    /// <param name="skip">frames before the first that is wanted</param>
    /// <param name="count">frames that are wanted</param>
    TokenGrid Encode(ReadOnlySpan<float> audio, int skip, int count);

    /// <summary>Audio of some frames of tokens: <paramref name="count"/> × <see cref="Hop"/> samples.</summary>
    /// <param name="tokens">1 to <see cref="Codebooks"/> codebooks, none hidden</param>
    /// <param name="skip">frames before the first that is wanted</param>
    /// <param name="count">frames that are wanted</param>
    /// <exception cref="ArgumentException">a token is MASK, or there are too many codebooks</exception>
    float[] Decode(TokenGrid tokens, int skip, int count);
}

/// <summary>Whole audio in memory, chunk by chunk.</summary>
public static class CodecExtensions
{
    /// <inheritdoc cref="ICodec.Encode"/>
    public static TokenGrid Encode(this ICodec codec, ReadOnlySpan<float> audio)
    {
        if (audio.IsEmpty)
            throw new ArgumentException("no samples", nameof(audio));
        var parts = new List<TokenGrid>();
        foreach (var chunk in CodecChunk.Of((audio.Length + codec.Hop - 1) / codec.Hop))
        {
            var from = chunk.From * codec.Hop;
            parts.Add(codec.Encode(audio[from..Math.Min(audio.Length, from + chunk.Length * codec.Hop)], chunk.Skip, chunk.Count));
        }
        return TokenGrid.ConcatFrames(parts);
    }

    /// <summary>Audio of tokens: frames × <see cref="ICodec.Hop"/> samples.</summary>
    /// <inheritdoc cref="ICodec.Decode"/>
    public static float[] Decode(this ICodec codec, TokenGrid tokens)
    {
        var audio = new float[tokens.Frames * codec.Hop];
        foreach (var chunk in CodecChunk.Of(tokens.Frames))
            codec.Decode(tokens.SliceFrames(chunk.From, chunk.Length), chunk.Skip, chunk.Count).CopyTo(audio, chunk.Start * codec.Hop);
        return audio;
    }
}
