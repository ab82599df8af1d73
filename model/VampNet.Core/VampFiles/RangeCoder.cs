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
    /// <param name="symbol">The number of the symbol to write, from 0.</param>
    /// <param name="weights">The likelihoods of the symbols, their sum at most <see cref="MaxTotal"/>; that of the symbol is not 0.</param>
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
    /// <param name="symbol">The number of the symbol to write, 0 to <paramref name="count"/> − 1.</param>
    /// <param name="count">The number of symbols, 1 to <see cref="MaxTotal"/>.</param>
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

/// <summary>Writes symbols.</summary>
internal sealed class RangeEncoder : RangeCoder
{
    private readonly List<byte> _bytes = [];
    private ulong _low;
    private uint _range = uint.MaxValue;

    /// <summary>
    /// All bytes. The end is the number within the last range that has the most zeros at its end, and those are left
    /// away: the decoder reads zeros beyond the end.
    /// </summary>
    public byte[] Finish()
    {
        for (var zeros = 32; zeros >= 0; zeros -= 8)
        {
            var step = 1UL << zeros;
            var value = (_low + step - 1) & ~(step - 1);
            if (value < _low + _range)
            {
                _low = value;
                break;
            }
        }
        for (var i = 0; i < sizeof(uint); i++)
            ShiftOut();
        var length = _bytes.Count;
        while (length > 0 && _bytes[length - 1] == 0)
            length--;
        return [.. _bytes[..length]];
    }

    private protected override int Choose(int symbol, ReadOnlySpan<int> weights, uint total, out uint below)
    {
        below = 0;
        foreach (var weight in weights[..symbol])
            below += (uint)weight;
        return symbol;
    }

    private protected override int Choose(int symbol, uint count) => symbol;

    private protected override void Narrow(uint below, uint size, uint total)
    {
        var part = _range / total;
        _low += (ulong)part * below;
        _range = part * size;
        while (_range < MinRange)
        {
            ShiftOut();
            _range <<= 8;
        }
    }

    /// <summary>Moves the top byte of the lower bound out; a carry goes into what is already there.</summary>
    private void ShiftOut()
    {
        if (_low > uint.MaxValue)
            Carry();
        _bytes.Add((byte)(_low >> 24));
        _low = _low << 8 & uint.MaxValue;
    }

    private void Carry()
    {
        _low &= uint.MaxValue;
        var i = _bytes.Count - 1;
        while (_bytes[i] == byte.MaxValue)
            _bytes[i--] = 0;
        _bytes[i]++;
    }
}

/// <summary>Reads symbols. Any bytes at all give some symbols, each within its weights.</summary>
internal sealed class RangeDecoder : RangeCoder
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private uint _range = uint.MaxValue;
    private uint _code; // of the input, above the lower bound
    private int _at;

    public RangeDecoder(ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes;
        for (var i = 0; i < sizeof(uint); i++)
            ShiftIn();
    }

    /// <summary>True where no byte is left that could say anything.</summary>
    public bool AtEnd => _at >= _bytes.Length;

    private protected override int Choose(int symbol, ReadOnlySpan<int> weights, uint total, out uint below)
    {
        var target = (uint)Choose(symbol, total);
        below = 0;
        var chosen = 0;
        while (target - below >= (uint)weights[chosen])
            below += (uint)weights[chosen++];
        return chosen;
    }

    private protected override int Choose(int symbol, uint count) => (int)Math.Min(count - 1, _code / (_range / count));

    private protected override void Narrow(uint below, uint size, uint total)
    {
        var part = _range / total;
        _code -= part * below;
        _range = part * size;
        while (_range < MinRange)
        {
            ShiftIn();
            _range <<= 8;
        }
    }

    private void ShiftIn()
    {
        _code = _code << 8 | (_at < _bytes.Length ? _bytes.Span[_at] : 0u);
        _at++;
    }
}
