namespace VampNet.Core.VampFiles;

/// <summary>How likely a flag is, learned while coding (Krichevsky and Trofimov 1981): n times seen weighs 2n + 1.</summary>
internal sealed class FlagModel
{
    private readonly int[] _weights = [1, 1];

    public bool Code(RangeCoder coder, bool flag)
    {
        var coded = coder.Code(flag ? 1 : 0, _weights);
        _weights[coded] += 2;
        if (_weights[0] + _weights[1] >= RangeCoder.MaxTotal)
            (_weights[0], _weights[1]) = (_weights[0] / 2 | 1, _weights[1] / 2 | 1);
        return coded == 1;
    }
}
