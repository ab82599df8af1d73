using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;

namespace VampNet.Gateway.Http.Wire;

/// <summary>
/// Messages of gRPC as they are in a body of HTTP/2: a byte that says whether they are compressed, their length, and they themselves.
/// What this process or a stage wrote for a client that says nothing about it is not compressed.
/// </summary>
internal static class GrpcFrame
{
    public const int HeaderBytes = 5;

    public static byte[] Of(IMessage message)
    {
        var size = message.CalculateSize();
        var frame = new byte[HeaderBytes + size];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), size);
        message.WriteTo(frame.AsSpan(HeaderBytes));
        return frame;
    }

    /// <summary>Length of the first frame; null while its header is not there.</summary>
    public static long? Length(ReadOnlySpan<byte> bytes) =>
        bytes.Length < HeaderBytes ? null : HeaderBytes + (long)BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]);
}
