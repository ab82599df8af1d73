using System.Runtime.InteropServices;
using Google.Protobuf;
using VampNet.Protos.Tokens.V1;
using ProtoMask = VampNet.Protos.Tokens.V1.TokenMask;
using TokenGrid = VampNet.Core.Tokens.TokenGrid;
using TokenMask = VampNet.Core.Tokens.TokenMask;

namespace VampNet.Client;

/// <summary>Tokens to and from the wire, whole or in blocks that follow each other in time, as the codec sends and takes them.</summary>
public static class TokenBlocks
{
    // About 18 s: 28 KB of 14 codebooks.
    private const int BlockFrames = 1024;

    /// <summary>A grid as a message of the same shape.</summary>
    public static TokenTensor ToTensor(this TokenGrid tokens) =>
        new()
        {
            Codebooks = (uint)tokens.Codebooks,
            Frames = (uint)tokens.Frames,
            Data = UnsafeByteOperations.UnsafeWrap(tokens.ToBytes()),
        };

    /// <summary>The grid that a message holds.</summary>
    /// <exception cref="InvalidDataException">the sizes disagree, or a value is above MASK</exception>
    public static TokenGrid ToGrid(this TokenTensor tensor)
    {
        try
        {
            return TokenGrid.FromBytes((int)tensor.Codebooks, (int)tensor.Frames, tensor.Data.Span);
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"no tokens: {error.Message}", error);
        }
    }

    /// <summary>A mask as a message of the same shape.</summary>
    public static ProtoMask ToProto(this TokenMask mask) => new()
    {
        Codebooks = (uint)mask.Codebooks,
        Frames = (uint)mask.Frames,
        Data = ByteString.CopyFrom(MemoryMarshal.AsBytes(mask.Hidden)),
    };

    /// <summary>One tensor of all blocks.</summary>
    /// <exception cref="InvalidDataException">no blocks, or blocks of different codebooks or of the wrong size</exception>
    public static TokenTensor Join(IReadOnlyList<TokenTensor> blocks)
    {
        if (blocks.Count == 0)
            throw new InvalidDataException("no tokens");
        if (blocks.FirstOrDefault(block => block.Codebooks != blocks[0].Codebooks) is { } odd)
            throw new InvalidDataException($"a block of {odd.Codebooks} codebooks among blocks of {blocks[0].Codebooks}");
        return TokenGrid.ConcatFrames([.. blocks.Select(ToGrid)]).ToTensor();
    }

    /// <summary>Blocks of a tensor, at least one.</summary>
    public static IEnumerable<TokenTensor> Split(TokenTensor tokens)
    {
        if (tokens.Frames <= BlockFrames || tokens.Data.Length != tokens.Codebooks * tokens.Frames * sizeof(ushort))
        {
            yield return tokens; // the codec says what is wrong with it, if anything is
            yield break;
        }
        var grid = tokens.ToGrid();
        for (var at = 0; at < grid.Frames; at += BlockFrames)
            yield return grid.SliceFrames(at, Math.Min(BlockFrames, grid.Frames - at)).ToTensor();
    }
}
