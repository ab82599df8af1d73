namespace VampNet.Core.VampFiles;

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
