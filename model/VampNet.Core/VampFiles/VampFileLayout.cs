using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;

namespace VampNet.Core.VampFiles;

/// <summary>
/// The bytes of .vamp files, version 1 (docs/vamp-format.md): magic, version, length of the header, header, coded part, checksum.
/// <see cref="TokenCode"/> makes the coded part; what the header says is for those who know its message.
/// </summary>
public static class VampFileLayout
{
    private const byte Version = 1;
    private const int ChecksumBytes = sizeof(uint);
    private const int MaxHeaderBytes = 1 << 16;

    // Two channels of all codebooks cost less.
    private const int MaxBytesAFrame = 64;

    private static ReadOnlySpan<byte> Magic => "VAMP"u8;

    /// <summary>More bytes than a file of so many frames can have.</summary>
    public static long MaxBytes(int frames) => MaxHeaderBytes + (long)MaxBytesAFrame * frames;

    /// <summary>Whether a file can start with these bytes, however few they are.</summary>
    public static bool CanStartWith(ReadOnlySpan<byte> bytes) => Magic.StartsWith(bytes[..Math.Min(bytes.Length, Magic.Length)]);

    /// <summary>The bytes of a file.</summary>
    /// <param name="header">A serialised vampnet.vamp.v1.VampFileHeader, at most 64 KiB.</param>
    /// <param name="coded">What <see cref="TokenCode.Encode"/> gives.</param>
    public static byte[] Write(ReadOnlySpan<byte> header, ReadOnlySpan<byte> coded)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write7BitEncodedInt(header.Length); // as protobuf writes a varint
        writer.Write(header);
        writer.Write(coded);
        writer.Write(Crc32.HashToUInt32(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
        return bytes.ToArray();
    }

    /// <summary>The header and the coded part of a file.</summary>
    /// <exception cref="InvalidDataException">it is no .vamp file, damaged, or of another version</exception>
    public static (byte[] Header, byte[] Coded) Read(byte[] file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (!CanStartWith(file))
            throw new InvalidDataException("is no .vamp file");
        if (file.Length < Magic.Length + 1 + ChecksumBytes)
            throw new InvalidDataException("is cut off");
        if (file[Magic.Length] != Version)
            throw new InvalidDataException($"is of version {file[Magic.Length]} of the format; only version {Version} can be read");
        var content = file.AsSpan()[..^ChecksumBytes];
        if (Crc32.HashToUInt32(content) != BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(content.Length)))
            throw new InvalidDataException("is damaged: its checksum does not match");
        using var reader = new BinaryReader(new MemoryStream(file, Magic.Length + 1, content.Length - Magic.Length - 1));
        var header = reader.ReadBytes(HeaderLength(reader));
        return (header, reader.ReadBytes(content.Length));
    }

    private static int HeaderLength(BinaryReader reader)
    {
        int length;
        try
        {
            length = reader.Read7BitEncodedInt();
        }
        catch (Exception error) when (error is FormatException or EndOfStreamException)
        {
            throw new InvalidDataException("has a header without a length", error);
        }
        var most = Math.Min(MaxHeaderBytes, reader.BaseStream.Length - reader.BaseStream.Position);
        return length >= 0 && length <= most ? length : throw new InvalidDataException($"has a header of more than {most} bytes");
    }
}

/// <summary>Which weights a .vamp file is for, in a few bytes.</summary>
public static class ModelFingerprint
{
    /// <summary>Bytes of a fingerprint.</summary>
    public const int Length = 8;

    /// <summary>The fingerprint of the three models of a package, by the SHA-256s of their weights as the stages report them.</summary>
    /// <param name="codec">SHA-256 of the codec's weights, as 64 hexadecimal digits.</param>
    /// <param name="coarse">SHA-256 of the coarse model's weights, as 64 hexadecimal digits.</param>
    /// <param name="fine">SHA-256 of the fine model's weights, as 64 hexadecimal digits.</param>
    public static byte[] Of(string codec, string coarse, string fine) =>
        SHA256.HashData([.. Convert.FromHexString(codec), .. Convert.FromHexString(coarse), .. Convert.FromHexString(fine)])[..Length];
}
