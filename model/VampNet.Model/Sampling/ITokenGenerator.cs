using VampNet.Core.Sampling;
using VampNet.Core.Tokens;

namespace VampNet.Model.Sampling;

/// <summary>Fills hidden tokens in by parallel iterative decoding: the coarse or the coarse-to-fine model.</summary>
public interface ITokenGenerator : ITokenReader, IDisposable
{
    /// <summary>Codebooks of the grid that goes in and comes out: 4 for coarse, 14 for fine.</summary>
    int Codebooks { get; }

    /// <summary>Leading codebooks that condition and are never generated: 0 for coarse, 4 for fine.</summary>
    int ConditioningCodebooks { get; }

    /// <summary>Longest window in frames that the model was trained for; longer input is cut into windows of this length.</summary>
    int WindowFrames { get; }

    /// <summary>Transformer layers.</summary>
    int Layers { get; }

    /// <summary>Width of the residual stream.</summary>
    int Dimension { get; }

    /// <summary>The softmax temperature that suits its weights: what a request that names none gets.</summary>
    float Temperature { get; }

    /// <summary>
    /// A generation that replaces every MASK in <paramref name="tokens"/>; visible tokens come back untouched. The result
    /// depends on the arguments and the weights alone.
    /// </summary>
    /// <param name="tokens">(codebooks, frames); conditioning codebooks hold no MASK</param>
    TokenGeneration Begin(TokenGrid tokens, SamplingOptions options, ulong seed);

    /// <summary>
    /// One step for every sequence of a batch: one forward pass, then each by its own options and random numbers. What
    /// becomes of a sequence does not depend on the others.
    /// </summary>
    /// <param name="states">of any lengths, none done</param>
    void Advance(IReadOnlyList<DecodingState> states);
}

public static class TokenGeneratorExtensions
{
    /// <summary>A whole generation, by itself.</summary>
    /// <param name="progress">called after every step, on the compute thread</param>
    /// <param name="cancellationToken">checked before every step</param>
    /// <inheritdoc cref="ITokenGenerator.Begin"/>
    public static TokenGrid Generate(
        this ITokenGenerator generator, TokenGrid tokens, SamplingOptions options, ulong seed, Action<SamplingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var generation = generator.Begin(tokens, options, seed);
        while (generation.Current is { } state)
        {
            cancellationToken.ThrowIfCancellationRequested();
            generator.Advance([state]);
            var step = generation.Stepped();
            progress?.Invoke(step);
        }
        return generation.Tokens;
    }
}

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
