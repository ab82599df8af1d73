using System.Net.WebSockets;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using VampNet.Gateway.Http.Answers;
using VampNet.Gateway.Http.Forms;
using VampNet.Gateway.Http.Wire;
using VampNet.Protos.Live.V1;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Limits;

namespace VampNet.Gateway.Http.Sockets;

/// <summary>
/// A WebSocket as both sides of a live session: text is the JSON of the contract, what is binary is audio. The connection becomes a
/// WebSocket only when the call asks for its first message: whoever is not let in gets a response of HTTP.
/// </summary>
internal sealed class LiveSocket : IRequestMessages, IAnswer
{
    // What a message of the contract has beside its bytes.
    private const int FieldBytes = 16;

    // Codes that begin with 4 are for applications to give away; the rest is the status of HTTP.
    private const int FirstCode = 4_000;

    private const string Gone = "the client has gone away";

    /// <summary>How long the other side may take to say goodbye as well.</summary>
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(5);

    private readonly HttpContext _context;
    private readonly TimeProvider _time;
    private readonly int _mostBytes;
    private readonly bool _isSocket;
    private readonly CancellationTokenSource _gone;
    private WebSocket? _socket;
    private SocketReader? _reader;
    private Task<IMessage>? _next;

    public LiveSocket(HttpContext context)
    {
        _context = context;
        _time = context.RequestServices.GetRequiredService<TimeProvider>();
        _mostBytes = context.RequestServices.GetRequiredService<IOptions<MeshLimits>>().Value.MaxMessageBytes - FieldBytes;
        _isSocket = context.WebSockets.IsWebSocketRequest; // before the request is another
        _gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        context.RequestAborted = _gone.Token;
    }

    public bool HasBegun => _socket is not null;

    public async ValueTask<IMessage?> NextAsync(CancellationToken cancellationToken)
    {
        _socket ??= await AcceptAsync();
        _reader ??= new SocketReader(_socket, _mostBytes);
        _next ??= ReceiveAsync(_reader);
        try
        {
            var message = await _next.WaitAsync(cancellationToken);
            _next = null;
            return message;
        }
        catch (IOException error) when (error is not BadHttpRequestException)
        {
            await _gone.CancelAsync();
            throw;
        }
    }

    public async Task AddAsync(IMessage message)
    {
        try
        {
            await (message is LiveServiceVampResponse { HasAudio: true } response
                ? _socket!.SendAsync(response.Audio.Memory, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None)
                : SayAsync(ProtoJson.Format(message), CancellationToken.None));
        }
        catch (Exception error) when (IsLost(error))
        {
            await _gone.CancelAsync();
            throw new IOException(Gone, error);
        }
    }

    public Task EndAsync() => CloseAsync(WebSocketCloseStatus.NormalClosure, null);

    public Task FailAsync(ProblemDetails problem) => CloseAsync(
        (WebSocketCloseStatus)(FirstCode + problem.Status!.Value), problem.Title,
        $"{{\"error\":{Encoding.UTF8.GetString(Problems.ToJson(problem))}}}");

    /// <summary>Answers a client that said goodbye: when it hears that, its call has ended.</summary>
    public Task FinishAsync() => _socket?.State == WebSocketState.CloseReceived ? EndAsync() : Task.CompletedTask;

    public void Dispose()
    {
        _socket?.Dispose();
        _gone.Dispose();
    }

    private async Task<WebSocket> AcceptAsync()
    {
        if (!_isSocket)
            throw new BadHttpRequestException("a live session is a WebSocket", StatusCodes.Status426UpgradeRequired);
        _context.Response.Headers.Clear(); // those of gRPC
        var protocol = _context.WebSockets.WebSocketRequestedProtocols.Contains(SocketCredentials.Protocol)
            ? SocketCredentials.Protocol
            : null;
        return await _context.WebSockets.AcceptWebSocketAsync(protocol);
    }

    /// <exception cref="IOException">the client has gone away, or sends more than a message may have</exception>
    private static async Task<IMessage> ReceiveAsync(SocketReader reader)
    {
        try
        {
            var (type, bytes) = await reader.ReadAsync();
            switch (type)
            {
                case WebSocketMessageType.Binary:
                    return new LiveServiceVampRequest { Audio = UnsafeByteOperations.UnsafeWrap(bytes) };
                case WebSocketMessageType.Text:
                    return Parse(Encoding.UTF8.GetString(bytes.Span));
                default:
                    throw new IOException(Gone);
            }
        }
        catch (Exception error) when (error is not BadHttpRequestException && IsLost(error))
        {
            throw new IOException(Gone, error);
        }
    }

    private static IMessage Parse(string json)
    {
        var checks = new RequestChecks();
        var message = FieldValues.Parse(LiveServiceVampRequest.Descriptor, json, "message", checks);
        checks.ThrowIfAny();
        return message!;
    }

    private ValueTask SayAsync(string text, CancellationToken cancellationToken) =>
        _socket!.SendAsync(Encoding.UTF8.GetBytes(text).AsMemory(), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    /// <summary>Says goodbye, and takes in what is on its way until the other side says so, too.</summary>
    /// <param name="lastWords">what is said before; null = nothing</param>
    private async Task CloseAsync(WebSocketCloseStatus code, string? reason, string? lastWords = null)
    {
        using var late = new CancellationTokenSource(LongestGoodbye, _time);
        try
        {
            if (lastWords is not null)
                await SayAsync(lastWords, late.Token);
            await _socket!.CloseAsync(code, reason, late.Token);
        }
        catch (Exception error) when (IsLost(error) || error is OperationCanceledException)
        {
            // It is closed in any case.
        }
    }

    private static bool IsLost(Exception error) => error is WebSocketException or IOException or ObjectDisposedException;
}
