using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Support;

/// <summary>HTTP/2 frame by frame (RFC 9113).</summary>
internal static class RawHttp2
{
    public const byte Headers = 1, Priority = 2, Settings = 4, Ping = 6, GoAway = 7, WindowUpdate = 8, Continuation = 9,
        Unknown = 77;

    public const byte Ack = 1, EndStream = 1, EndHeaders = 4;

    /// <param name="ca">of the server, where it has TLS</param>
    public static async Task<Stream> ConnectAsync(Uri address, TestCa? ca = null)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address.Host, address.Port);
        Stream connection = new NetworkStream(socket, ownsSocket: true);
        if (ca is not null)
        {
            var (tls, options) = (new SslStream(connection), ca.Options());
            (options.TargetHost, options.ApplicationProtocols) = (address.Host, [SslApplicationProtocol.Http2]);
            await tls.AuthenticateAsClientAsync(options);
            connection = tls;
        }
        await connection.WriteAsync(Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
        await connection.WriteAsync(Frame(Settings, []));
        return connection;
    }

    public static byte[] Frame(byte type, byte[] payload, int stream = 0, byte flags = 0)
    {
        byte[] frame = [0, 0, 0, type, flags, 0, 0, 0, 0, .. payload];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(0), payload.Length << 8 | type);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        return frame;
    }

    public static byte[] Many(byte[] frame, int count) => [.. Enumerable.Repeat(frame, count).SelectMany(bytes => bytes)];

    public static byte[] Request(string scheme) =>
        HeaderBlock((":method", "GET"), (":scheme", scheme), (":path", "/nothing"), (":authority", "x"));

    /// <summary>Literal fields that are not compressed (RFC 7541, 6.2.2).</summary>
    public static byte[] HeaderBlock(params (string Name, string Value)[] fields) =>
        [.. fields.SelectMany(field => new byte[] { 0 }.Concat(Text(field.Name)).Concat(Text(field.Value)))];

    private static IEnumerable<byte> Text(string text)
    {
        var bytes = new List<byte>();
        var length = text.Length;
        if (length < 127)
        {
            bytes.Add((byte)length);
        }
        else
        {
            bytes.Add(127);
            for (length -= 127; length >= 128; length >>= 7)
                bytes.Add((byte)(length & 127 | 128));
            bytes.Add((byte)length);
        }
        return bytes.Concat(Encoding.ASCII.GetBytes(text));
    }
}
