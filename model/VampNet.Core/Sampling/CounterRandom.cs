using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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
/// <param name="seed">The seed of the request, or one that <see cref="Seeds"/> derived from it.</param>
public sealed class CounterRandom(ulong seed)
{
    /// <summary>Uniform numbers in the open interval (0, 1), with 23 random bits.</summary>
    /// <param name="purpose">What the numbers are for.</param>
    /// <param name="step">Which series of that purpose, such as the number of a sampling step; at least 0.</param>
    /// <param name="position">The number of the first element, at least 0.</param>
    /// <param name="destination">Takes the numbers; it is filled as a whole.</param>
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

/// <summary>
/// Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"): a keyed bijection of a 128-bit
/// counter, whose outputs pass all statistical test batteries.
/// </summary>
internal static class Philox
{
    /// <summary>Words that <see cref="Blocks"/> gives: four blocks of four.</summary>
    public const int Words = 16;

    private const int Rounds = 10;
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;

    /// <summary>
    /// The blocks of counters (index, high0, high1) to (index + 3, high0, high1) under a key: words 0 and 1 of each of
    /// the four, then words 2 and 3 of each.
    /// </summary>
    public static void Blocks(ulong key, ulong index, uint high0, uint high1, Span<uint> destination)
    {
        // Each lane is one block; each 64-bit element holds one 32-bit word of the state.
        var low32 = Vector256.Create((ulong)uint.MaxValue);
        var counter = Vector256.Create(index) + Vector256.Create(0ul, 1, 2, 3);
        var (c0, c1) = (counter & low32, counter >> 32);
        var (c2, c3) = (Vector256.Create((ulong)high0), Vector256.Create((ulong)high1));
        var (k0, k1) = ((uint)key, (uint)(key >> 32));
        for (var round = 0; round < Rounds; round++)
        {
            var product0 = Multiply(c0, Multiplier0);
            var product1 = Multiply(c2, Multiplier1);
            (c0, c2) = ((product1 >> 32) ^ c1 ^ Vector256.Create((ulong)k0), (product0 >> 32) ^ c3 ^ Vector256.Create((ulong)k1));
            (c1, c3) = (product1 & low32, product0 & low32);
            k0 += Weyl0;
            k1 += Weyl1;
        }
        (c0 | c1 << 32).AsUInt32().CopyTo(destination);
        (c2 | c3 << 32).AsUInt32().CopyTo(destination[Vector256<uint>.Count..]);
    }

    /// <summary>64-bit products of 32-bit words.</summary>
    private static Vector256<ulong> Multiply(Vector256<ulong> words, uint factor) =>
        Avx2.IsSupported
            ? Avx2.Multiply(words.AsUInt32(), Vector256.Create((ulong)factor).AsUInt32())
            : words * Vector256.Create((ulong)factor);
}
