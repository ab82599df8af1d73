using VampNet.Core.Tokens;

namespace VampNet.Core.VampFiles;

/// <summary>
/// How likely each token of a codebook is, learned while coding (escape method D of Howard 1993, "The design and
/// analysis of efficient lossless data compression systems"): a token seen n times weighs 2n − 1, and the k different
/// tokens seen, and a little more, leave weight for a new one, which may be any other with equal likelihood.
/// </summary>
internal sealed class TokenModel
{
    // Short tracks show mostly new tokens; silence shows one. Between 16 and 64 hardly matters to either.
    private const int FirstNew = 32;
    private const int MostNew = FirstNew + TokenGrid.Vocabulary;

    // Two levels, so that finding a token takes dozens of steps, not hundreds. The last group stands for a new token.
    private const int GroupSize = 32;
    private const int Groups = TokenGrid.Vocabulary / GroupSize;

    private readonly int[] _weights = new int[TokenGrid.Vocabulary];
    private readonly int[] _groups = new int[Groups + 1];
    private int _total;
    private int _seen;

    public ushort Code(RangeCoder coder, ushort token)
    {
        var isNew = _weights[token] == 0;
        var group = coder.Code(isNew ? Groups : token / GroupSize, GroupWeights());
        var coded = group == Groups
            ? CodeNew(coder, token)
            : group * GroupSize + coder.Code(token % GroupSize, _weights.AsSpan(group * GroupSize, GroupSize));
        Learn(coded);
        return (ushort)coded;
    }

    /// <summary>Weights of the groups; a new token has some until every token is known.</summary>
    private ReadOnlySpan<int> GroupWeights()
    {
        _groups[Groups] = _seen == TokenGrid.Vocabulary ? 0 : FirstNew + _seen;
        return _groups;
    }

    /// <summary>A token that was not seen yet, by its number among those.</summary>
    private int CodeNew(RangeCoder coder, int token)
    {
        var number = coder.Code(_weights.AsSpan(0, token).Count(0), TokenGrid.Vocabulary - _seen);
        var found = -1;
        for (var left = number; left >= 0; left--)
            found += 1 + _weights.AsSpan(found + 1).IndexOf(0);
        return found;
    }

    private void Learn(int token)
    {
        var gain = _weights[token] == 0 ? 1 : 2;
        _seen += 2 - gain;
        Add(token, gain);
        // What was learned long ago fades.
        if (_total + MostNew >= RangeCoder.MaxTotal)
        {
            for (var i = 0; i < _weights.Length; i++)
                Add(i, -(_weights[i] / 2));
        }
    }

    private void Add(int token, int weight)
    {
        _weights[token] += weight;
        _groups[token / GroupSize] += weight;
        _total += weight;
    }
}

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
