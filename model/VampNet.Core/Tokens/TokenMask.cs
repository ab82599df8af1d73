using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace VampNet.Core.Tokens;

/// <summary>
/// Which tokens of a (codebooks, frames) grid are hidden: true = hidden, to be generated; false = visible, the prompt.
/// Codebook-major like <see cref="TokenGrid"/>.
/// </summary>
public sealed class TokenMask
{
    private readonly bool[] _hidden;

    /// <param name="codebooks">The number of codebooks, at least 1.</param>
    /// <param name="frames">The number of frames, at least 0.</param>
    /// <param name="hidden">The codebooks × frames flags, codebook-major; they are not copied.</param>
    /// <exception cref="ArgumentException">the sizes disagree</exception>
    public TokenMask(int codebooks, int frames, bool[] hidden)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(codebooks, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(frames);
        ArgumentNullException.ThrowIfNull(hidden);
        if (hidden.LongLength != (long)codebooks * frames)
            throw new ArgumentException(
                $"{codebooks} codebooks x {frames} frames need {(long)codebooks * frames} flags, got {hidden.LongLength}", nameof(hidden));
        (Codebooks, Frames, _hidden) = (codebooks, frames, hidden);
    }

    /// <inheritdoc cref="TokenGrid.Codebooks"/>
    public int Codebooks { get; }

    /// <inheritdoc cref="TokenGrid.Frames"/>
    public int Frames { get; }

    /// <summary>All flags, codebook-major; true = hidden.</summary>
    public ReadOnlySpan<bool> Hidden => _hidden;

    /// <summary>True where one token is hidden.</summary>
    /// <param name="codebook">The number of the codebook, 0 to <see cref="Codebooks"/> − 1.</param>
    /// <param name="frame">The number of the frame, 0 to <see cref="Frames"/> − 1.</param>
    public bool this[int codebook, int frame] => _hidden[codebook * Frames + frame];

    /// <summary>Number of hidden tokens.</summary>
    public int HiddenCount => Hidden.Count(true);

    /// <summary>The frames [start, start + count) of every codebook.</summary>
    public TokenMask SliceFrames(int start, int count)
    {
        var slice = new bool[Codebooks * count];
        for (var c = 0; c < Codebooks; c++)
            Hidden.Slice(c * Frames + start, count).CopyTo(slice.AsSpan(c * count));
        return new TokenMask(Codebooks, count, slice);
    }

    /// <summary>The first <paramref name="count"/> codebooks.</summary>
    public TokenMask TakeCodebooks(int count) => new(count, Frames, _hidden[..(count * Frames)]);

    /// <summary>One flag a frame: a token of it is hidden.</summary>
    public bool[] HiddenFrames()
    {
        var hidden = new bool[Frames];
        var bytes = MemoryMarshal.AsBytes(hidden.AsSpan());
        for (var c = 0; c < Codebooks; c++)
            TensorPrimitives.BitwiseOr(bytes, MemoryMarshal.AsBytes(Hidden.Slice(c * Frames, Frames)), bytes);
        return hidden;
    }

    /// <summary>The grid with every hidden token replaced by MASK.</summary>
    /// <exception cref="ArgumentException">the shapes differ</exception>
    public TokenGrid Apply(TokenGrid tokens)
    {
        if (tokens.Codebooks != Codebooks || tokens.Frames != Frames)
            throw new ArgumentException($"mask is {Codebooks} x {Frames}, tokens are {tokens.Codebooks} x {tokens.Frames}", nameof(tokens));
        var data = tokens.Data.ToArray();
        for (var i = 0; i < data.Length; i++)
        {
            if (_hidden[i])
                data[i] = TokenGrid.Mask;
        }
        return new TokenGrid(Codebooks, Frames, data);
    }
}
