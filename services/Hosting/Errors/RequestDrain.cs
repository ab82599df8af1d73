using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace VampNet.Services.Hosting.Errors;

/// <summary>
/// Takes in what a client still sends when its gRPC call has ended already. Without, the server resets the stream; data that
/// crosses the reset on the wire is a protocol error, and that ends the connection with all other calls on it.
/// </summary>
public sealed class RequestDrain(TimeProvider time)
{
    // A file on a fast network; whoever sends on without end hears of the error then.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <summary>Nothing is taken in of this request: its connection carries no other call, and may end with it.</summary>
    public static void Skip(HttpContext context) => context.Items.TryAdd(typeof(RequestDrain), null);

    /// <summary>Has a gRPC call go on, then takes in the rest of its request.</summary>
    public async Task AfterAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>() is not null)
            await DrainAsync(context);
    }

    /// <summary>Ends a gRPC call with an error before anybody has read its request.</summary>
    public async Task EndAsync(HttpContext context, RpcException error)
    {
        context.Response.Clear();
        context.Response.ContentType = "application/grpc";
        context.Response.SetError(error);
        await DrainAsync(context);
    }

    /// <summary>Takes in the rest of one request, whose response is ready; once, whoever asks for it.</summary>
    public async Task DrainAsync(HttpContext context)
    {
        if (!context.Items.TryAdd(typeof(RequestDrain), null))
            return;
        var (body, cancellationToken) = (context.Request.BodyReader, context.RequestAborted);
        using var late = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            for (var isOver = false; !isOver;)
            {
                var read = await body.ReadAsync(either.Token);
                body.AdvanceTo(read.Buffer.End);
                isOver = read.IsCompleted;
            }
        }
        catch (Exception error) when (
            error is OperationCanceledException or InvalidOperationException or IOException or InvalidRequestException)
        {
            // The end of the stream, whatever it is called, or of what can be read of it.
        }
    }
}

/// <summary>Tells gRPC calls from other requests.</summary>
public static class GrpcRequests
{
    /// <summary>Whether a request is a gRPC call, by what it says of itself.</summary>
    public static bool IsGrpc(this HttpContext context) =>
        context.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;
}
