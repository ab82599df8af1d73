using System.Buffers.Binary;
using System.Text;

namespace VampNet.Cli.Osc;

/// <summary>A message of Open Sound Control 1.0: an address, and numbers and texts.</summary>
/// <param name="Address">such as "/process"</param>
/// <param name="Arguments">int, float, double, long, string or bool each</param>
internal sealed record OscMessage(string Address, params IReadOnlyList<object> Arguments)
{
    /// <summary>The bytes of a packet. Numbers are written with 32 bits.</summary>
    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        WriteText(bytes, Address);
        WriteText(bytes, "," + string.Concat(Arguments.Select(argument => argument switch
        {
            int => 'i',
            float => 'f',
            string => 's',
            _ => throw new ArgumentException($"{argument.GetType()} is nothing that is sent"),
        })));
        Span<byte> number = stackalloc byte[sizeof(int)];
        foreach (var argument in Arguments)
        {
            if (argument is string text)
            {
                WriteText(bytes, text);
                continue;
            }
            if (argument is int whole)
                BinaryPrimitives.WriteInt32BigEndian(number, whole);
            else
                BinaryPrimitives.WriteSingleBigEndian(number, (float)argument);
            bytes.Write(number);
        }
        return bytes.ToArray();
    }

    /// <summary>The messages of a packet: one, or those of a bundle, whatever time it names.</summary>
    /// <exception cref="InvalidDataException">the packet cannot be read</exception>
    public static IReadOnlyList<OscMessage> Read(ReadOnlySpan<byte> packet)
    {
        if (!packet.StartsWith("#bundle\0"u8))
            return [ReadOne(packet)];
        var messages = new List<OscMessage>();
        for (var rest = Skip(packet, 16); !rest.IsEmpty;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(Take(rest, sizeof(int)));
            rest = Skip(rest, sizeof(int));
            messages.AddRange(Read(Take(rest, length)));
            rest = Skip(rest, length);
        }
        return messages;
    }

    private static OscMessage ReadOne(ReadOnlySpan<byte> packet)
    {
        var address = ReadText(ref packet);
        if (!address.StartsWith('/'))
            throw new InvalidDataException("has no address");
        var types = packet.IsEmpty ? "," : ReadText(ref packet);
        if (!types.StartsWith(','))
            throw new InvalidDataException($"{address} has no types");
        var arguments = new List<object>();
        foreach (var type in types.AsSpan(1))
            arguments.Add(ReadArgument(type, address, ref packet));
        return new OscMessage(address, arguments);
    }

    private static object ReadArgument(char type, string address, ref ReadOnlySpan<byte> packet)
    {
        if (type is 's' or 'S')
            return ReadText(ref packet);
        if (type is 'T' or 'F')
            return type == 'T';
        var size = type switch
        {
            'i' or 'f' => 4,
            'h' or 'd' => 8,
            _ => throw new InvalidDataException($"{address} has an argument of type {type}; i, f, h, d, s, T and F can be read"),
        };
        var bytes = Take(packet, size);
        packet = packet[size..];
        return type switch
        {
            'i' => BinaryPrimitives.ReadInt32BigEndian(bytes),
            'f' => BinaryPrimitives.ReadSingleBigEndian(bytes),
            'h' => BinaryPrimitives.ReadInt64BigEndian(bytes),
            _ => (object)BinaryPrimitives.ReadDoubleBigEndian(bytes),
        };
    }

    /// <summary>Up to its zero, and to the next multiple of four bytes.</summary>
    private static string ReadText(ref ReadOnlySpan<byte> packet)
    {
        var length = packet.IndexOf((byte)0);
        if (length < 0)
            throw new InvalidDataException("has a text without an end");
        var text = Encoding.UTF8.GetString(packet[..length]);
        packet = Skip(packet, Math.Min(packet.Length, Padded(length)));
        return text;
    }

    private static void WriteText(MemoryStream bytes, string text)
    {
        var coded = Encoding.UTF8.GetBytes(text);
        bytes.Write(coded);
        bytes.Write(new byte[Padded(coded.Length) - coded.Length]);
    }

    /// <summary>With at least one zero.</summary>
    private static int Padded(int length) => (length / 4 + 1) * 4;

    private static ReadOnlySpan<byte> Take(ReadOnlySpan<byte> bytes, int count) =>
        count >= 0 && count <= bytes.Length ? bytes[..count] : throw new InvalidDataException("is cut off");

    private static ReadOnlySpan<byte> Skip(ReadOnlySpan<byte> bytes, int count) =>
        count >= 0 && count <= bytes.Length ? bytes[count..] : throw new InvalidDataException("is cut off");
}
