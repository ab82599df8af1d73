using System.Runtime.Intrinsics;

namespace VampNet.Model.Sampling;

/// <summary>What a random number is for. Numbers of different purposes are independent.</summary>
public enum RandomPurpose : uint
{
    /// <summary>Choice of a token at a hidden position.</summary>
    Token = 1,

    /// <summary>Noise on the confidence of a token.</summary>
    Confidence = 2,

    /// <summary>Which tokens a random prompt shows.</summary>
    PromptMask = 3,

    /// <summary>Where a periodic prompt starts.</summary>
    PromptRoll = 4,

    /// <summary>Which frames of a prompt drop out.</summary>
    PromptDropout = 5,

    /// <summary>The seed of a part of a request, such as one window of long audio.</summary>
    Derived = 6,

    /// <summary>Everything that training draws.</summary>
    Training = 7,
}

/// <summary>
/// Random numbers without state: number n of (seed, purpose, step) is always the same, whatever else is drawn, in
/// which order, on which thread, or in which batch.
/// </summary>
/// <param name="seed">of the request</param>
public sealed class CounterRandom(ulong seed)
{
    private const int BlocksAtOnce = 4;

    private const int WordsAtOnce = BlocksAtOnce * Philox.WordsPerBlock;

    /// <summary>Uniform numbers in the open interval (0, 1), with 23 random bits.</summary>
    /// <param name="position">number of the first element, at least 0</param>
    public void Uniform(RandomPurpose purpose, int step, long position, Span<float> destination) =>
        Fill(purpose, step, position, destination, bits => bits);

    /// <summary>Gumbel(0, 1) noise: −log(−log u).</summary>
    /// <inheritdoc cref="Uniform"/>
    public void Gumbel(RandomPurpose purpose, int step, long position, Span<float> destination) =>
        Fill(purpose, step, position, destination, u => -Vector256.Log(-Vector256.Log(u)));

    /// <summary>A whole number in [0, bound).</summary>
    public int Below(int bound, RandomPurpose purpose, int step, long position)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        return (int)(Word(purpose, step, position) * (ulong)bound >> 32);
    }

    /// <summary>Seed of part <paramref name="index"/> of the request.</summary>
    public ulong Derive(long index) =>
        Word(RandomPurpose.Derived, 0, 2 * index) | (ulong)Word(RandomPurpose.Derived, 0, 2 * index + 1) << 32;

    private uint Word(RandomPurpose purpose, int step, long position) =>
        Philox.Block(seed, (ulong)position / Philox.WordsPerBlock, (uint)step, (uint)purpose)[(int)(position % Philox.WordsPerBlock)];

    /// <summary>Whole groups of blocks always, so that an element does not depend on where a span starts or ends.</summary>
    private void Fill(RandomPurpose purpose, int step, long position, Span<float> destination, Func<Vector256<float>, Vector256<float>> transform)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        Span<uint> words = stackalloc uint[WordsAtOnce];
        Span<float> numbers = stackalloc float[WordsAtOnce];
        for (var group = position / WordsAtOnce; !destination.IsEmpty; group++)
        {
            Philox.Blocks(seed, (ulong)group * BlocksAtOnce, (uint)step, (uint)purpose, words);
            for (var i = 0; i < WordsAtOnce; i += Vector256<uint>.Count)
            {
                // 23 bits and a half more: exact in float32, never 0 and never 1.
                var bits = Vector256.ShiftRightLogical(Vector256.Create<uint>(words[i..]), 9);
                var uniform = (Vector256.ConvertToSingle(bits.AsInt32()) + Vector256.Create(0.5f)) * Vector256.Create(1f / (1 << 23));
                transform(uniform).CopyTo(numbers[i..]);
            }
            var from = (int)(Math.Max(position, group * WordsAtOnce) - group * WordsAtOnce);
            var count = Math.Min(WordsAtOnce - from, destination.Length);
            numbers.Slice(from, count).CopyTo(destination);
            destination = destination[count..];
        }
    }
}
