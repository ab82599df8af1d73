namespace VampNet.Core.VampFiles;

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
