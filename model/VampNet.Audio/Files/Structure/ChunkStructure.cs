using System.Buffers.Binary;

namespace VampNet.Audio.Files.Structure;

/// <summary>
/// Files that are made of chunks, each after its own size: WAV (RIFF, RIFX, RF64), AIFF and CAF. What they hold has no checksum; the one
/// thing they can tell is that samples are missing at the end.
/// </summary>
internal static class ChunkStructure
{
    // What writes to a pipe cannot go back to say how much it wrote, and leaves 0 or a size beyond all files.
    private const long Unknown = 0x7FFF_0000;

    private const int MaxChunks = 10_000;

    /// <summary>Compares the chunk of samples with the file.</summary>
    public static AudioStructure Read(ByteWindow bytes)
    {
        var file = bytes.At(0, 4);
        if (bytes.Length < 12)
            throw AudioStructure.BadHeader("it ends within it");
        var isCaf = file.SequenceEqual("caff"u8);
        var (isAiff, isBig) = (file.SequenceEqual("FORM"u8), !file.SequenceEqual("RIFF"u8) && !file.SequenceEqual("RF64"u8));
        var (head, sizeBytes) = isCaf ? (12, 8) : (8, 4);
        long? longSize = null; // of RF64, whose samples may pass 4 GiB
        var (frameBytes, bytesASecond) = (1L, 0.0);
        long at = isCaf ? 8 : 12;
        for (var i = 0; i < MaxChunks && bytes.At(at, head) is { } chunk && chunk.Length == head; i++)
        {
            var (isData, isFormat) = (chunk.StartsWith(isAiff ? "SSND"u8 : "data"u8), chunk.StartsWith("fmt "u8));
            var is64 = chunk.StartsWith("ds64"u8);
            var size = Size(chunk[4..]);
            if (isData)
                return Compare(bytes, at, head, longSize ?? size, isCaf, frameBytes, bytesASecond, isBig);
            var body = bytes.At(at + head, 24);
            if (isFormat && body.Length >= 16)
                (bytesASecond, frameBytes) = (Number(body[8..], 4), Number(body[12..], 2));
            else if (is64 && body.Length == 24)
                longSize = BinaryPrimitives.ReadInt64LittleEndian(body[8..]);
            at += head + Math.Max(0, size) + (isCaf ? 0 : size & 1);
        }
        return AudioStructure.Whole(bytes.Stream);

        long Size(ReadOnlySpan<byte> from) => isCaf ? BinaryPrimitives.ReadInt64BigEndian(from) : Number(from, sizeBytes);

        long Number(ReadOnlySpan<byte> from, int count)
        {
            var value = 0L;
            for (var i = 0; i < count; i++)
                value = (value << 8) | from[isBig ? i : count - 1 - i];
            return value;
        }
    }

    private static AudioStructure Compare(
        ByteWindow bytes, long at, int head, long size, bool isCaf, long frameBytes, double bytesASecond, bool isBig)
    {
        var (begin, there) = (at + head, bytes.Length - at - head);
        var resized = () => AudioPart.Of(bytes.Stream, WithSize(bytes, at, there, isCaf, isBig), begin, bytes.Length);
        if (isCaf ? size < 0 : size is 0 or >= Unknown)
        {
            return isCaf || there == 0 || (size == 0 && AreChunks(bytes, begin, isBig))
                ? AudioStructure.Whole(bytes.Stream)
                : new AudioStructure([resized()]);
        }
        if (there == 0 || size - there < Math.Max(frameBytes, 2))
            return AudioStructure.Whole(bytes.Stream);
        var (ends, says) = bytesASecond > 0 ? ($"{there / bytesASecond:0.000} s", $"{size / bytesASecond:0.000} s")
            : ($"{there} bytes", $"{size} bytes");
        return new AudioStructure(
            [resized()], new AudioDamage(bytesASecond > 0 ? there / bytesASecond : 0, $"it ends after {ends}, its header says {says}"));
    }

    /// <summary>Whether chunks fill a file from a position to its end exactly, as they do behind a chunk that is really empty.</summary>
    private static bool AreChunks(ByteWindow bytes, long at, bool isBig)
    {
        for (var i = 0; i < MaxChunks && bytes.At(at, 8) is { Length: 8 } chunk; i++)
        {
            var size = isBig ? BinaryPrimitives.ReadUInt32BigEndian(chunk[4..]) : BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            at += 8 + size + (size & 1);
        }
        return at == bytes.Length;
    }

    /// <summary>All before the samples, which says how many bytes they are.</summary>
    private static byte[] WithSize(ByteWindow bytes, long at, long size, bool isCaf, bool isBig)
    {
        if (at + 8 > ByteWindow.MaxCount)
            throw AudioStructure.BadHeader("the samples do not say how many they are");
        var header = bytes.At(0, (int)at + (isCaf ? 12 : 8)).ToArray();
        if (isCaf)
        {
            BinaryPrimitives.WriteInt64BigEndian(header.AsSpan((int)at + 4), size);
            return header;
        }
        Write(4, header.Length - 8 + size);
        Write((int)at + 4, size);
        return header;

        void Write(int offset, long value)
        {
            var to = header.AsSpan(offset);
            if (isBig)
                BinaryPrimitives.WriteUInt32BigEndian(to, (uint)value);
            else
                BinaryPrimitives.WriteUInt32LittleEndian(to, (uint)value);
        }
    }
}
