using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using VampNet.Core;
using VampNet.Protos.Live.V1;

namespace VampNet.Mesh.Tests.Http;

/// <summary>A live session over a WebSocket.</summary>
internal sealed class LiveClient : IDisposable
{
    private readonly ClientWebSocket _socket = new();

    private LiveClient()
    {
    }

    public ClientWebSocket Socket => _socket;

    /// <param name="server">"http" or "https"</param>
    /// <param name="http">what connects; null = a connection of its own</param>
    public static async Task<LiveClient> OpenAsync(
        Uri server, Action<ClientWebSocketOptions>? change = null, HttpMessageInvoker? http = null)
    {
        var live = new LiveClient();
        try
        {
            live._socket.Options.CollectHttpResponseDetails = true;
            change?.Invoke(live._socket.Options);
            var scheme = server.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs;
            await live._socket.ConnectAsync(new UriBuilder(server) { Scheme = scheme, Path = "/v1/live" }.Uri, http, default);
            return live;
        }
        catch
        {
            live.Dispose();
            throw;
        }
    }

    /// <summary>Begins the session, as the contract's own JSON says it.</summary>
    public Task BeginAsync(LiveConfig config) =>
        SayAsync(JsonFormatter.Default.Format(new LiveServiceVampRequest { Config = config }));

    public Task MarkAsync() => SayAsync("""{"mark": {}}""");

    public Task SayAsync(string json) => SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text);

    public Task SendAsync(float[] samples) => SendAsync(Floats.ToBytes(samples), WebSocketMessageType.Binary);

    public Task SendAsync(byte[] bytes, WebSocketMessageType type) => _socket.SendAsync(bytes, type, endOfMessage: true, default);

    /// <summary>The next message, which is text, and the part of it that has this name.</summary>
    public async Task<JsonElement> HearAsync(string name)
    {
        var (type, bytes) = await ReceiveAsync();
        Assert.Equal(WebSocketMessageType.Text, type);
        var message = JsonDocument.Parse(bytes).RootElement;
        Assert.True(message.TryGetProperty(name, out var part), message.GetRawText());
        return part;
    }

    /// <summary>The next round, and its audio.</summary>
    public async Task<(JsonElement Round, float[] Samples)> RoundAsync(int channels = 1)
    {
        var round = await HearAsync("round");
        var samples = new float[int.Parse(round.GetProperty("samples").GetString()!) * channels];
        for (var filled = 0; filled < samples.Length;)
        {
            var (type, bytes) = await ReceiveAsync();
            Assert.Equal(WebSocketMessageType.Binary, type);
            var piece = Floats.FromBytes(bytes);
            piece.CopyTo(samples, filled);
            filled += piece.Length;
        }
        return (round, samples);
    }

    /// <summary>What ended the session: the problem, and then the code of its status.</summary>
    public async Task<JsonElement> FailureAsync()
    {
        var problem = await HearAsync("error");
        var (type, _) = await ReceiveAsync();
        Assert.Equal(WebSocketMessageType.Close, type);
        Assert.Equal(4_000 + problem.GetProperty("status").GetInt32(), (int)_socket.CloseStatus!.Value);
        Assert.Equal(problem.GetProperty("title").GetString(), _socket.CloseStatusDescription);
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default);
        return problem;
    }

    public void Dispose() => _socket.Dispose();

    private async Task<(WebSocketMessageType Type, byte[] Bytes)> ReceiveAsync()
    {
        var (bytes, buffer) = (new MemoryStream(), new byte[16 << 10]);
        while (true)
        {
            var piece = await _socket.ReceiveAsync(buffer.AsMemory(), default);
            bytes.Write(buffer, 0, piece.Count);
            if (piece.EndOfMessage)
                return (piece.MessageType, bytes.ToArray());
        }
    }
}
