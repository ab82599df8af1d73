using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Mvc;
using VampNet.Gateway.Http.Forms;
using VampNet.Gateway.Http.Sockets;
using VampNet.Gateway.Http.Wire;
using VampNet.Protos.Live.V1;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.Http;

/// <summary>
/// Live sessions over WebSockets: a stream in both directions is all that HTTP has no response for. Each is the gRPC call that it stands
/// for, as all requests of the HTTP API are.
/// </summary>
internal static class LiveSockets
{
    public const string Path = "/v1/live";

    private static readonly string s_method = $"/{LiveService.Descriptor.FullName}/{nameof(LiveService.LiveServiceBase.Vamp)}";

    /// <summary>WebSockets begin with GET over HTTP/1.1, and with CONNECT over HTTP/2.</summary>
    private static readonly string[] s_httpMethods = [HttpMethods.Get, HttpMethods.Connect];

    /// <summary>A middleware, before the one that finds out what is called.</summary>
    public static async Task ServeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.Value != Path)
        {
            await next(context);
            return;
        }
        var response = new ClientResponse(context);
        if (HttpProtocol.IsHttp11(context.Request.Protocol))
            response.Headers.Upgrade = "websocket"; // to whoever came without
        if (Refusal(context, out var timeout) is { } problem)
        {
            await response.WriteAsync(problem);
            return;
        }
        using var socket = new LiveSocket(context);
        RequestDrain.Skip(context); // there is no body: whoever is refused has not sent anything yet
        var parser = LiveServiceVampResponse.Parser;
        await response.EndAsync(socket, await TranslatedCall.RunAsync(context, next, s_method, timeout, socket, parser, socket));
        await socket.FinishAsync();
    }

    /// <summary>What is wrong with a request whatever is sent later; null = nothing.</summary>
    private static ProblemDetails? Refusal(HttpContext context, out string? timeout)
    {
        timeout = null;
        var request = context.Request;
        if (!s_httpMethods.Contains(request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Get;
            return Problems.Of(StatusCodes.Status405MethodNotAllowed, $"{Path} takes GET");
        }
        if (CrossOrigin.Refusal(request) is { } foreign)
            return foreign;
        try
        {
            var query = new QueryForm(request.Query, "config");
            timeout = query.TakeTimeout();
            query.Fill(new Empty()); // the config is a message
            SocketCredentials.Move(request.Headers);
            return null;
        }
        catch (InvalidRequestException error)
        {
            return Problems.Of(error);
        }
    }
}
