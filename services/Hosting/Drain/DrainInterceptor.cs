using Grpc.Core;
using Grpc.Core.Interceptors;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Services.Hosting.Drain;

/// <summary>
/// While the process is about to end, new calls are refused, and calls that outlast the grace are ended, both with
/// UNAVAILABLE: whoever called may ask another replica. Health checks are answered to the end.
/// </summary>
internal sealed class DrainInterceptor(Drainage drainage) : Interceptor
{
    private const string HealthPrefix = "/grpc.health.";

    // Where grpc-dotnet looks for it in contexts that are not its own.
    private const string HttpContextKey = "__HttpContext";

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, drained => continuation(request, drained));

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, drained => continuation(requestStream, drained));

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, drained => Completed(continuation(request, responseStream, drained)));

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, drained => Completed(continuation(requestStream, responseStream, drained)));

    private async Task<TResponse> RunAsync<TResponse>(ServerCallContext context, Func<ServerCallContext, Task<TResponse>> handle)
    {
        if (context.Method.StartsWith(HealthPrefix, StringComparison.Ordinal))
            return await handle(context);
        if (drainage.HasBegun)
            throw HandBack("this replica is about to end");
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drainage.GraceEnded);
        try
        {
            context.UserState[HttpContextKey] = context.GetHttpContext();
            return await handle(new DrainedCallContext(context, either.Token));
        }
        catch (Exception) when (drainage.GraceEnded.IsCancellationRequested && !context.CancellationToken.IsCancellationRequested)
        {
            throw HandBack("this replica ended before the call did");
        }
    }

    private static async Task<bool> Completed(Task handler)
    {
        await handler;
        return true;
    }

    private static RpcException HandBack(string message) => RpcErrors.Retry(StatusCode.Unavailable, message, "DRAINING", RetryAfter);
}
