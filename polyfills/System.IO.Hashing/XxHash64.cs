using System.Buffers.Binary;
using System.Numerics;

namespace System.IO.Hashing;

/// <summary>XXH64 (Yann Collet's published specification): a fast hash, not for security.</summary>
public static class XxHash64
{
    private const ulong Prime1 = 0x9E3779B185EBCA87;
    private const ulong Prime2 = 0xC2B2AE3D27D4EB4F;
    private const ulong Prime3 = 0x165667B19E3779F9;
    private const ulong Prime4 = 0x85EBCA77C2B2AE63;
    private const ulong Prime5 = 0x27D4EB2F165667C5;

    /// <summary>The hash with seed 0: 8 bytes, big-endian.</summary>
    public static byte[] Hash(byte[] source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var hash = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(hash, HashToUInt64(source));
        return hash;
    }

    private static ulong HashToUInt64(ReadOnlySpan<byte> data)
    {
        var length = (ulong)data.Length;
        var hash = data.Length >= 32 ? Stripes(ref data) : Prime5;
        hash += length;
        for (; data.Length >= 8; data = data[8..])
            hash = (BitOperations.RotateLeft(hash ^ Round(0, BinaryPrimitives.ReadUInt64LittleEndian(data)), 27) * Prime1) + Prime4;
        if (data.Length >= 4)
        {
            hash = (BitOperations.RotateLeft(hash ^ (BinaryPrimitives.ReadUInt32LittleEndian(data) * Prime1), 23) * Prime2) + Prime3;
            data = data[4..];
        }
        foreach (var b in data)
            hash = BitOperations.RotateLeft(hash ^ (b * Prime5), 11) * Prime1;
        hash = (hash ^ (hash >> 33)) * Prime2;
        hash = (hash ^ (hash >> 29)) * Prime3;
        return hash ^ (hash >> 32);
    }

    // Four lanes over 32 bytes a turn; leaves the tail in data.
    private static ulong Stripes(ref ReadOnlySpan<byte> data)
    {
        Span<ulong> lanes = [unchecked(Prime1 + Prime2), Prime2, 0, unchecked(0 - Prime1)];
        for (; data.Length >= 32; data = data[32..])
        {
            for (var i = 0; i < 4; i++)
                lanes[i] = Round(lanes[i], BinaryPrimitives.ReadUInt64LittleEndian(data[(8 * i)..]));
        }
        var hash = BitOperations.RotateLeft(lanes[0], 1) + BitOperations.RotateLeft(lanes[1], 7) + BitOperations.RotateLeft(lanes[2], 12) + BitOperations.RotateLeft(lanes[3], 18);
        foreach (var lane in lanes)
            hash = ((hash ^ Round(0, lane)) * Prime1) + Prime4;
        return hash;
    }

    private static ulong Round(ulong lane, ulong input) => BitOperations.RotateLeft(lane + (input * Prime2), 31) * Prime1;
}
