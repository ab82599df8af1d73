using VampNet.Core.Tokens;

namespace VampNet.Core.Sampling;

/// <summary>
/// One sequence on its way from hidden to known tokens (paper 3.3): the part of parallel iterative decoding that needs no
/// network. Positions are counted frame by frame: t · predicted codebooks + c.
/// </summary>
public sealed class DecodingState
{
    private readonly ushort[] _grid; // all codebooks, codebook-major
    private readonly int _codebooks, _frames, _conditioning, _predicted, _hiddenAtStart;
    private readonly MaskSchedule _schedule;
    private readonly Action<int, Span<float>> _noise;
    private int[] _hidden;

    /// <param name="tokens">The tokens, (codebooks, frames), with MASK where one is to be found.</param>
    /// <param name="conditioningCodebooks">How many leading codebooks are never predicted, at least 0.</param>
    /// <param name="options">How the tokens are found.</param>
    /// <param name="seed">The seed of all random numbers of this sequence.</param>
    /// <param name="hiddenAtStart">The number of hidden tokens that the schedule starts from; null = those of this sequence.</param>
    /// <param name="noise">Fills Gumbel noise in for a step, one number a position; null = it is drawn from the seed.</param>
    public DecodingState(
        TokenGrid tokens, int conditioningCodebooks, SamplingOptions options, ulong seed, int? hiddenAtStart = null, Action<int,
        Span<float>>? noise = null)
    {
        (_codebooks, _frames, _conditioning) = (tokens.Codebooks, tokens.Frames, conditioningCodebooks);
        _predicted = _codebooks - _conditioning;
        _grid = tokens.Data.ToArray();
        Options = options;
        Random = new CounterRandom(seed);
        _schedule = new MaskSchedule(options.Steps, options.Mode);
        _hidden = [.. Enumerable.Range(0, Positions).Where(p => _grid[Index(p)] == TokenGrid.Mask)];
        _hiddenAtStart = hiddenAtStart ?? _hidden.Length;
        _noise = noise ?? ((step, gumbel) => Random.Gumbel(RandomPurpose.Confidence, step, 0, gumbel));
    }

    /// <summary>How the tokens of this sequence are found.</summary>
    public SamplingOptions Options { get; }

    /// <summary>This sequence's random numbers.</summary>
    public CounterRandom Random { get; }

    /// <summary>Steps done.</summary>
    public int Step { get; private set; }

    /// <summary>True after the last step, and from the start where nothing is hidden.</summary>
    public bool Done => Step == Options.Steps || _hidden.Length == 0;

    /// <summary>Number of frames.</summary>
    public int Frames => _frames;

    /// <summary>Number of codebooks after the conditioning ones.</summary>
    public int PredictedCodebooks => _predicted;

    /// <summary>Number of predicted positions.</summary>
    public int Positions => _frames * _predicted;

    /// <summary>Whether this step draws tokens; otherwise it takes the most likely ones.</summary>
    public bool Draws => (double)Step / Options.Steps <= Options.SampleCutoff;

    /// <summary>The tokens as they stand, MASK where hidden.</summary>
    public TokenGrid Tokens => new(_codebooks, _frames, [.. _grid]);

    /// <summary>Positions that are hidden now, ascending.</summary>
    public int[] HiddenPositions() => _hidden;

    /// <summary>Takes the tokens that the network proposes, and hides the least certain of them again.</summary>
    /// <param name="hidden">What <see cref="HiddenPositions"/> gave before this step.</param>
    /// <param name="tokens">The proposed codes, 0 to 1023, one for each hidden position.</param>
    /// <param name="probabilities">The probabilities of those tokens, above 0 and at most 1.</param>
    public void Advance(ReadOnlySpan<int> hidden, ReadOnlySpan<long> tokens, ReadOnlySpan<float> probabilities)
    {
        var temperature = _schedule.MaskTemperature(Step, Options.MaskTemperature);
        var noise = new float[Positions];
        _noise(Step, noise);
        var confidences = new float[hidden.Length];
        for (var i = 0; i < hidden.Length; i++)
        {
            confidences[i] = MathF.Log(probabilities[i]) + temperature * noise[hidden[i]];
            _grid[Index(hidden[i])] = (ushort)tokens[i];
        }
        var keep = _schedule.HiddenAfter(Step, _hiddenAtStart, hidden.Length);
        var again = new List<int>(keep);
        foreach (var i in LeastCertain(confidences, keep, Options.Mode))
        {
            _grid[Index(hidden[i])] = TokenGrid.Mask;
            again.Add(hidden[i]);
        }
        again.Sort();
        _hidden = [.. again];
        Step++;
    }

    /// <summary>
    /// Indices of the <paramref name="count"/> lowest confidences. Equal ones go by position; the reference hides none of
    /// those that equal the first one it keeps.
    /// </summary>
    public static IEnumerable<int> LeastCertain(float[] confidences, int count, SamplingMode mode)
    {
        var keys = new ulong[confidences.Length];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = (ulong)Rank(confidences[i]) << 32 | (uint)i;
        Array.Sort(keys);
        var order = Array.ConvertAll(keys, key => (int)(uint)key);
        var lowest = order.Take(count);
        if (mode == SamplingMode.Paper || count >= order.Length)
            return lowest;
        var limit = confidences[order[count]];
        return lowest.Where(i => confidences[i] < limit);
    }

    /// <summary>
    /// Unsigned numbers in the order of the floats: plain numbers sort several times as fast as comparisons that are called.
    /// </summary>
    private static uint Rank(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value + 0f); // -0 becomes 0
        return (int)bits < 0 ? ~bits : bits | 0x8000_0000;
    }

    private int Index(int position) => (_conditioning + position % _predicted) * _frames + position / _predicted;
}
