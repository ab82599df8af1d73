using VampNet.Model.Tokens;

namespace VampNet.Model.Codec;

/// <summary>A neural audio codec: mono audio to residual-vector-quantised tokens and back (paper 3.1).</summary>
public interface ICodec : IDisposable
{
    /// <summary>Sample rate of the audio in and out, in Hz.</summary>
    int SampleRate { get; }

    /// <summary>Samples per frame.</summary>
    int Hop { get; }

    /// <summary>Number of residual codebooks.</summary>
    int Codebooks { get; }

    /// <summary>Tokens of mono audio; the end is padded with zeros to a whole frame.</summary>
    /// <param name="audio">mono samples at <see cref="SampleRate"/>, at least one</param>
    TokenGrid Encode(ReadOnlySpan<float> audio);

    /// <summary>Audio of tokens: frames × <see cref="Hop"/> samples.</summary>
    /// <param name="tokens">1 to <see cref="Codebooks"/> codebooks, none hidden</param>
    /// <exception cref="ArgumentException">a token is MASK, or there are too many codebooks</exception>
    float[] Decode(TokenGrid tokens);
}
