using Google.Protobuf;
using VampNet.Protos.Tokens.V1;

namespace VampNet.Client;

/// <summary>Tokens in blocks that follow each other in time, as the codec sends and takes them.</summary>
public static class TokenBlocks
{
    private const int BytesPerToken = 2;

    // About 18 s: 28 KB of 14 codebooks.
    private const int BlockFrames = 1024;

    /// <summary>One tensor of all blocks.</summary>
    /// <exception cref="InvalidDataException">no blocks, or blocks of different codebooks or of the wrong size</exception>
    public static TokenTensor Join(IReadOnlyList<TokenTensor> blocks)
    {
        if (blocks.Count == 0)
            throw new InvalidDataException("no tokens");
        var (codebooks, frames) = (blocks[0].Codebooks, (uint)blocks.Sum(b => b.Frames));
        if (blocks.FirstOrDefault(b => b.Codebooks != codebooks || b.Data.Length != b.Codebooks * b.Frames * BytesPerToken) is { } odd)
            throw new InvalidDataException($"a block of {odd.Codebooks} x {odd.Frames} tokens and {odd.Data.Length} bytes among blocks of {codebooks} codebooks");
        var data = new byte[codebooks * frames * BytesPerToken];
        var at = 0u;
        foreach (var block in blocks)
        {
            for (var c = 0u; c < codebooks; c++)
                Row(block, c, 0, block.Frames).CopyTo(data.AsSpan((int)((c * frames + at) * BytesPerToken)));
            at += block.Frames;
        }
        return new TokenTensor { Codebooks = codebooks, Frames = frames, Data = UnsafeByteOperations.UnsafeWrap(data) };
    }

    /// <summary>Blocks of a tensor, at least one.</summary>
    public static IEnumerable<TokenTensor> Split(TokenTensor tokens)
    {
        if (tokens.Frames <= BlockFrames || tokens.Data.Length != tokens.Codebooks * tokens.Frames * BytesPerToken)
        {
            yield return tokens; // the codec says what is wrong with it, if anything is
            yield break;
        }
        for (var at = 0u; at < tokens.Frames; at += BlockFrames)
        {
            var frames = Math.Min(BlockFrames, tokens.Frames - at);
            var data = new byte[tokens.Codebooks * frames * BytesPerToken];
            for (var c = 0u; c < tokens.Codebooks; c++)
                Row(tokens, c, at, frames).CopyTo(data.AsSpan((int)(c * frames * BytesPerToken)));
            yield return new TokenTensor { Codebooks = tokens.Codebooks, Frames = frames, Data = UnsafeByteOperations.UnsafeWrap(data) };
        }
    }

    private static ReadOnlySpan<byte> Row(TokenTensor tokens, uint codebook, uint from, uint frames) =>
        tokens.Data.Span.Slice((int)((codebook * tokens.Frames + from) * BytesPerToken), (int)(frames * BytesPerToken));
}
