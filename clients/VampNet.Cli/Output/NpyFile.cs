using System.Buffers.Binary;
using System.Text;
using VampNet.Core;

namespace VampNet.Cli.Output;

/// <summary>One array as NumPy reads it (.npy, format 1.0): little-endian float32 in C order.</summary>
internal static class NpyFile
{
    private const int Alignment = 64;

    public static void Write(Stream stream, ReadOnlySpan<float> values, int rows, int columns)
    {
        ReadOnlySpan<byte> magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];
        var header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}";
        var start = magic.Length + sizeof(ushort);
        var length = (start + header.Length + 1 + Alignment - 1) / Alignment * Alignment - start; // ends in a line break
        var bytes = new byte[start + length];
        magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(magic.Length), (ushort)length);
        Encoding.ASCII.GetBytes(header.PadRight(length - 1) + "\n", bytes.AsSpan(start));
        stream.Write(bytes);
        stream.Write(Floats.ToBytes(values));
    }
}
