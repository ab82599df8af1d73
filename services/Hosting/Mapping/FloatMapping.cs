using System.Buffers.Binary;
using Google.Protobuf;

namespace VampNet.Services.Hosting.Mapping;

/// <summary>Numbers to the wire.</summary>
public static class FloatMapping
{
    /// <summary>32-bit floats, little-endian.</summary>
    public static ByteString ToBytes(this float[] values)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }
}
