namespace VampNet.Core.VampFiles;

/// <summary>
/// Arithmetic coding of symbols in a range of 32 bits (Martin 1979, "Range encoding"), in integers alone, so that bytes
/// are the same on every machine. One method for both directions: the encoder writes the symbol that it is given, the
/// decoder ignores it and returns the one that it reads, and the models that say how likely symbols are run the same code.
/// </summary>
internal abstract class RangeCoder
{
    /// <summary>Largest sum of weights: with a range of at least 2^24, a symbol loses at most 1/256 bit.</summary>
    public const uint MaxTotal = 1 << 16;

    // Once the range is smaller than this, the top byte of its bounds is known and leaves.
    private protected const uint MinRange = 1 << 24;

    /// <summary>One of as many symbols as there are weights.</summary>
    /// <param name="symbol">number of the symbol to write, from 0</param>
    /// <param name="weights">likelihoods, their sum at most <see cref="MaxTotal"/>; that of the symbol is not 0</param>
    public int Code(int symbol, ReadOnlySpan<int> weights)
    {
        var total = 0;
        foreach (var weight in weights)
            total += weight;
        var chosen = Choose(symbol, weights, (uint)total, out var below);
        Narrow(below, (uint)weights[chosen], (uint)total);
        return chosen;
    }

    /// <summary>One of <paramref name="count"/> symbols that are equally likely.</summary>
    /// <param name="symbol">number of the symbol to write, 0 to <paramref name="count"/> − 1</param>
    /// <param name="count">1 to <see cref="MaxTotal"/></param>
    public int Code(int symbol, int count)
    {
        var chosen = Choose(symbol, (uint)count);
        Narrow((uint)chosen, 1, (uint)count);
        return chosen;
    }

    /// <summary>The symbol, and the sum of the weights of all symbols before it.</summary>
    private protected abstract int Choose(int symbol, ReadOnlySpan<int> weights, uint total, out uint below);

    private protected abstract int Choose(int symbol, uint count);

    /// <summary>Goes on in the part [below, below + size) of the range, of <paramref name="total"/> parts.</summary>
    private protected abstract void Narrow(uint below, uint size, uint total);
}
