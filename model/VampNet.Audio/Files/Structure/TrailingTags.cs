using System.Buffers.Binary;

namespace VampNet.Audio.Files.Structure;

/// <summary>Tags that other programs append to files.</summary>
internal static class TrailingTags
{
    public const int Id3v1Bytes = 128;

    private const int ApeFooterBytes = 32, LyricsEndBytes = 15;

    /// <summary>Where tags at the end of a file begin; its length where it has none.</summary>
    public static long Start(ByteWindow bytes)
    {
        var end = bytes.Length;
        if (bytes.At(Math.Max(0, end - Id3v1Bytes), 3).SequenceEqual("TAG"u8))
            end -= Id3v1Bytes;
        if (end >= LyricsEndBytes && bytes.At(end - 9, 9).SequenceEqual("LYRICS200"u8)
            && int.TryParse(bytes.At(end - LyricsEndBytes, 6), out var lyrics))
            end = Math.Max(0, end - LyricsEndBytes - lyrics);
        if (end >= ApeFooterBytes && bytes.At(end - ApeFooterBytes, ApeFooterBytes) is var footer && footer.StartsWith("APETAGEX"u8))
        {
            var hasHeader = (footer[23] & 0x80) != 0;
            end -= BinaryPrimitives.ReadUInt32LittleEndian(footer[12..]) + (hasHeader ? ApeFooterBytes : 0);
        }
        return Math.Max(0, end);
    }

    /// <summary>The end of the last byte before a position that is not 0.</summary>
    public static long SkipZeros(ByteWindow bytes, long end)
    {
        while (end > 0)
        {
            var from = Math.Max(0, end - ByteWindow.MaxCount);
            var last = bytes.At(from, (int)(end - from)).LastIndexOfAnyExcept((byte)0);
            if (last >= 0)
                return from + last + 1;
            end = from;
        }
        return 0;
    }
}
