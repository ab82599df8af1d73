using System.Buffers.Binary;
using Google.Protobuf;

namespace VampNet.Client;

/// <summary>Numbers from the wire.</summary>
public static class Floats
{
    /// <summary>The elements of little-endian 32-bit floats.</summary>
    public static float[] Of(ByteString data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var values = new float[data.Length / sizeof(float)];
        for (var i = 0; i < values.Length; i++)
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(data.Span[(i * sizeof(float))..]);
        return values;
    }
}
