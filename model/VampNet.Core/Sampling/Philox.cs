using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace VampNet.Core.Sampling;

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
