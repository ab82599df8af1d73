using System.Runtime.Intrinsics;

namespace VampNet.Core.Sampling;

/// <summary>What a random number is for. Numbers of different purposes are independent.</summary>
public enum RandomPurpose : uint
{
    /// <summary>Choice of a token at a hidden position.</summary>
    Token = 1,

    /// <summary>Noise on the confidence of a token.</summary>
    Confidence = 2,

    /// <summary>Which tokens a random prompt shows.</summary>
    PromptMask = 3,

    /// <summary>The seed of a part of a request, such as one window of long audio.</summary>
    Derived = 4,
}

/// <summary>
/// Random numbers without state: number n of (seed, purpose, step) is always the same, whatever else is drawn, in
/// which order, on which thread, or in which batch.
/// </summary>
/// <param name="seed">of the request</param>
public sealed class CounterRandom(ulong seed)
{
    /// <summary>Uniform numbers in the open interval (0, 1), with 23 random bits.</summary>
    /// <param name="purpose">what the numbers are for</param>
    /// <param name="step">which series of that purpose, such as the number of a sampling step; at least 0</param>
    /// <param name="position">number of the first element, at least 0</param>
    /// <param name="destination">is filled as a whole</param>
    public void Uniform(RandomPurpose purpose, int step, long position, Span<float> destination) =>
        Fill(purpose, step, position, destination, isGumbel: false);

    /// <summary>Gumbel(0, 1) noise: −log(−log u).</summary>
    /// <inheritdoc cref="Uniform"/>
    public void Gumbel(RandomPurpose purpose, int step, long position, Span<float> destination) =>
        Fill(purpose, step, position, destination, isGumbel: true);

    /// <summary>Seed of part <paramref name="index"/> of what this seed is for: <see cref="Seeds"/> says which part is which.</summary>
    public ulong Derive(long index)
    {
        Span<uint> words = stackalloc uint[Philox.Words];
        Philox.Blocks(seed, (ulong)index, 0, (uint)RandomPurpose.Derived, words);
        return words[0] | (ulong)words[1] << 32;
    }

    /// <summary>Whole groups of blocks always, so that an element does not depend on where a span starts or ends.</summary>
    private void Fill(RandomPurpose purpose, int step, long position, Span<float> destination, bool isGumbel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        Span<uint> words = stackalloc uint[Philox.Words];
        Span<float> numbers = stackalloc float[Philox.Words];
        for (var group = position / Philox.Words; !destination.IsEmpty; group++)
        {
            Philox.Blocks(seed, (ulong)group * 4, (uint)step, (uint)purpose, words);
            for (var i = 0; i < Philox.Words; i += Vector256<uint>.Count)
            {
                // 23 bits and a half more: exact in float32, never 0 and never 1.
                var bits = Vector256.ShiftRightLogical(Vector256.Create<uint>(words[i..]), 9);
                var uniform = (Vector256.ConvertToSingle(bits.AsInt32()) + Vector256.Create(0.5f)) * Vector256.Create(1f / (1 << 23));
                (isGumbel ? -Vector256.Log(-Vector256.Log(uniform)) : uniform).CopyTo(numbers[i..]);
            }
            var from = (int)(Math.Max(position, group * Philox.Words) - group * Philox.Words);
            var count = Math.Min(Philox.Words - from, destination.Length);
            numbers.Slice(from, count).CopyTo(destination);
            destination = destination[count..];
        }
    }
}
