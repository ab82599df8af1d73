using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using VampNet.Services.Hosting.Limits;

namespace VampNet.Gateway.Http.Wire;

/// <summary>The HTTP response itself: its headers go out with its first byte, and its client must take what it is sent.</summary>
internal sealed class ClientResponse(HttpContext context)
{
    private const int ChunkBytes = 64 << 10;

    // That of the server, whatever is put in its place later on.
    private readonly PipeWriter _body = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().Writer;
    private readonly TimeSpan _longest = TimeSpan.FromSeconds(
        context.RequestServices.GetRequiredService<IOptions<MeshLimits>>().Value.IdleSeconds);
    private readonly TimeProvider _time = context.RequestServices.GetRequiredService<TimeProvider>();

    /// <summary>Bytes went out, and the headers with them; until then it can become another response.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Headers of the response beside its type.</summary>
    public IHeaderDictionary Headers { get; } = new HeaderDictionary();

    /// <summary>Says what comes, in the place of what the gRPC call said of itself.</summary>
    public void Begin(int status, string contentType)
    {
        var response = context.Response;
        response.StatusCode = status;
        foreach (var name in response.Headers.Keys.Where(name => name.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase)).ToList())
            response.Headers.Remove(name);
        (response.Headers.ContentType, response.Headers.ContentLength) = (contentType, null);
        response.Headers.CacheControl = "no-store";
        foreach (var (name, value) in Headers)
            response.Headers[name] = value;
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        for (; !bytes.IsEmpty; bytes = bytes[Math.Min(bytes.Length, ChunkBytes)..])
        {
            HasBegun = true;
            var write = _body.WriteAsync(bytes[..Math.Min(bytes.Length, ChunkBytes)], context.RequestAborted).AsTask();
            try
            {
                await write.WaitAsync(_longest, _time);
            }
            catch (TimeoutException)
            {
                Abort();
                await ((Task)write).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw new OperationCanceledException("the client took nothing for too long");
            }
        }
    }

    public Task WriteAsync(string text) => WriteAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Ends what the call has answered, or says in its place what went wrong; nothing to a client that is gone.</summary>
    /// <param name="problem">what ended the call; null = it is complete</param>
    public Task EndAsync(IAnswer answer, ProblemDetails? problem) =>
        context.RequestAborted.IsCancellationRequested ? Task.CompletedTask
        : problem is null ? answer.EndAsync()
        : answer.HasBegun ? answer.FailAsync(problem)
        : this.WriteAsync(problem);

    /// <summary>Ends the connection, so that nobody takes what was sent for the whole.</summary>
    public void Abort() => context.Abort();
}
