using System.IO.Pipelines;
using Google.Protobuf;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.Http.Wire;

/// <summary>
/// An HTTP request while the server has it as the gRPC call that it stands for. As that it goes through everything that a gRPC call goes
/// through, in the same order: callers, tenants, limits, admission, telemetry, and the service or the way to a stage. It is what the
/// library for gRPC-Web does.
/// </summary>
internal sealed class TranslatedCall : IHttpResponseBodyFeature, IHttpResponseTrailersFeature, IHttpResetFeature,
    IHttpRequestBodyDetectionFeature, IAsyncDisposable
{
    private const string Http2 = "HTTP/2", ContentType = "application/grpc", Timeout = "grpc-timeout";

    private readonly HttpContext _context;
    private readonly RequestFrames _request;
    private readonly string _protocol;
    private readonly List<Action> _restore = [];

    private TranslatedCall(
        HttpContext context, string method, string? timeout, IRequestMessages messages, MessageParser parser, IAnswer answer)
    {
        _context = context;
        _request = new RequestFrames(messages);
        _protocol = context.Request.Protocol;
        Stream = new ResponseFrames(parser, answer);
        Writer = PipeWriter.Create(Stream);
        if (!HttpProtocol.IsHttp2(_protocol))
            RequestDrain.Skip(context);
        Describe(context.Request, method, timeout);
        Replace<IHttpResponseBodyFeature>();
        Replace<IHttpResponseTrailersFeature>();
        Replace<IHttpResetFeature>();
        Replace<IHttpRequestBodyDetectionFeature>();
    }

    /// <summary>Has the server serve the call that a request stands for; afterwards the request is one of HTTP again.</summary>
    /// <param name="next">the rest of the server</param>
    /// <param name="method">that the request stands for: "/package.Service/Method"</param>
    /// <param name="timeout">how long the client waits, as gRPC writes it; null = as long as the server lets it</param>
    /// <returns>what ended the call; null = it is complete</returns>
    public static async Task<ProblemDetails?> RunAsync(
        HttpContext context, RequestDelegate next, string method, string? timeout, IRequestMessages messages, MessageParser parser,
        IAnswer answer)
    {
        var call = new TranslatedCall(context, method, timeout, messages, parser, answer);
        await using (call)
        {
            await next(context);
            await call.Writer.FlushAsync();
            return CallProblems.Of(context.Response, call);
        }
    }

    /// <summary>What of the request could not be read; null = nothing.</summary>
    public Exception? RequestError => _request.Error;

    /// <summary>The server broke the call off without a status.</summary>
    public bool WasReset { get; private set; }

    public Stream Stream { get; }

    public PipeWriter Writer { get; }

    public IHeaderDictionary Trailers { get; set; } = new HeaderDictionary();

    public bool CanHaveBody => true;

    /// <summary>The headers go out with the first byte of the answer, since they depend on how the call ends.</summary>
    public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task CompleteAsync() => Task.CompletedTask;

    public void DisableBuffering()
    {
    }

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    /// <summary>A stream of HTTP/2 would be reset, of which HTTP/1.1 knows nothing: the answer says what there is to say.</summary>
    public void Reset(int errorCode) => WasReset = true;

    /// <summary>The request is one of HTTP again.</summary>
    public async ValueTask DisposeAsync()
    {
        _restore.ForEach(restore => restore());
        _context.Request.Protocol = _protocol;
        await Writer.CompleteAsync();
    }

    private void Describe(HttpRequest request, string method, string? timeout)
    {
        // What a client of HTTP says in the words of gRPC, it cannot mean.
        foreach (var name in request.Headers.Keys.Where(name => name.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase)).ToList())
            request.Headers.Remove(name);
        if (timeout is not null)
            request.Headers[Timeout] = timeout;
        request.Headers.ContentLength = null;
        request.Headers.TransferEncoding = default;
        request.Headers.Expect = default;
        (request.Method, request.Protocol, request.ContentType) = (HttpMethods.Post, Http2, ContentType);
        (request.Path, request.QueryString, request.Body) = (method, default, _request);
    }

    private void Replace<TFeature>()
        where TFeature : class
    {
        var features = _context.Features;
        var own = features.Get<TFeature>();
        features.Set((TFeature)(object)this);
        _restore.Add(() => features.Set(own));
    }
}
