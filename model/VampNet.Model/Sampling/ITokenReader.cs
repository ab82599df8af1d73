using VampNet.Core.Sampling;
using VampNet.Core.Tokens;

namespace VampNet.Model.Sampling;

/// <summary>What a generator's network makes of tokens: for research.</summary>
public interface ITokenReader
{
    /// <summary>The residual stream after a layer.</summary>
    /// <param name="tokens">(codebooks, frames), at most one window; MASK where nothing is known</param>
    /// <param name="layer">0 = the embedding, before any layer; up to <see cref="ITokenGenerator.Layers"/></param>
    /// <returns>frames × <see cref="ITokenGenerator.Dimension"/> values, frame after frame</returns>
    float[] Embed(TokenGrid tokens, int layer);

    /// <summary>How likely the network finds tokens that it does not see.</summary>
    /// <param name="tokens">(codebooks, frames), at most one window, no MASK</param>
    /// <param name="hidden">the tokens to hide and to score; of the same shape, no conditioning codebook</param>
    /// <returns>codebooks × frames values, codebook-major: natural logarithms of the probabilities of what is hidden, 0 elsewhere</returns>
    float[] Score(TokenGrid tokens, TokenMask hidden);
}
