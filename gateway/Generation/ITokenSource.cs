using VampNet.Core.Tokens;

namespace VampNet.Gateway.Generation;

/// <summary>Tokens of a track, part of which may still be in the making.</summary>
internal interface ITokenSource
{
    /// <summary>All codebooks of the frames [from, from + count), as soon as they are known.</summary>
    Task<TokenGrid> ReadAsync(int from, int count);
}

/// <summary>Tokens that are there.</summary>
internal sealed class KnownTokens(TokenGrid tokens) : ITokenSource
{
    public Task<TokenGrid> ReadAsync(int from, int count) => Task.FromResult(tokens.SliceFrames(from, count));
}

/// <summary>Tokens whose leading codebooks come from elsewhere: what the coarse stage made, for the fine one.</summary>
internal sealed class LedTokens(ITokenSource leading, ITokenSource tokens) : ITokenSource
{
    public async Task<TokenGrid> ReadAsync(int from, int count) =>
        (await tokens.ReadAsync(from, count)).WithLeading(await leading.ReadAsync(from, count));
}
