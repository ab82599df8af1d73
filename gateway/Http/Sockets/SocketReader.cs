using System.Buffers;
using System.Net.WebSockets;

namespace VampNet.Gateway.Http.Sockets;

/// <summary>Reads whole messages of a WebSocket, however they are cut on the way.</summary>
/// <param name="mostBytes">that a message may have</param>
internal sealed class SocketReader(WebSocket socket, int mostBytes)
{
    private const int PieceBytes = 16 << 10;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>The next message, or that there are none any more: type "Close". Its bytes are good until the next one is read.</summary>
    /// <exception cref="BadHttpRequestException">it is larger than it may be</exception>
    /// <exception cref="WebSocketException">the client is gone</exception>
    public async Task<(WebSocketMessageType Type, ReadOnlyMemory<byte> Bytes)> ReadAsync()
    {
        _bytes.ResetWrittenCount();
        while (true)
        {
            // Without cancellation, which would end the connection and leave nothing to say goodbye by.
            var piece = await socket.ReceiveAsync(_bytes.GetMemory(PieceBytes), CancellationToken.None);
            _bytes.Advance(piece.Count);
            if (_bytes.WrittenCount > mostBytes)
                throw new BadHttpRequestException($"a message has more than {mostBytes} bytes", StatusCodes.Status413PayloadTooLarge);
            if (piece.EndOfMessage || piece.MessageType == WebSocketMessageType.Close)
                return (piece.MessageType, _bytes.WrittenMemory);
        }
    }
}
