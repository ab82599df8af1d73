using Grpc.Core;
using Grpc.Core.Interceptors;

namespace VampNet.Services.Hosting.Calls;

/// <summary>An interceptor that goes around every call in the same way, whatever its streams.</summary>
internal abstract class CallInterceptor : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        AroundAsync(context, call => continuation(request, call));

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        AroundAsync(context, call => continuation(Requests(requestStream, call), call));

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        AroundAsync(context, call => Completed(continuation(request, Responses(responseStream, call), call)));

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        AroundAsync(context, call => Completed(continuation(Requests(requestStream, call), Responses(responseStream, call), call)));

    /// <param name="context">The context of the call, as it came.</param>
    /// <param name="handle">The rest of the call, in the context that it gets.</param>
    protected abstract Task<TResponse> AroundAsync<TResponse>(ServerCallContext context, Func<ServerCallContext, Task<TResponse>> handle);

    /// <summary>The requests that the rest of the call gets.</summary>
    protected virtual IAsyncStreamReader<T> Requests<T>(IAsyncStreamReader<T> requests, ServerCallContext context) => requests;

    /// <summary>Where the rest of the call writes its responses.</summary>
    protected virtual IServerStreamWriter<T> Responses<T>(IServerStreamWriter<T> responses, ServerCallContext context) => responses;

    private static async Task<bool> Completed(Task handler)
    {
        await handler;
        return true;
    }
}
