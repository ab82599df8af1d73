using Grpc.Core;
using Grpc.Core.Interceptors;

namespace VampNet.Services.Hosting.Calls;

/// <summary>An interceptor that goes around every call in the same way, whatever its streams.</summary>
internal abstract class CallInterceptor : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        AroundAsync(context, call => continuation(request, call));

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        AroundAsync(context, call => continuation(requestStream, call));

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        AroundAsync(context, call => Completed(continuation(request, responseStream, call)));

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        AroundAsync(context, call => Completed(continuation(requestStream, responseStream, call)));

    /// <param name="handle">the rest of the call, in the context that it gets</param>
    protected abstract Task<TResponse> AroundAsync<TResponse>(ServerCallContext context, Func<ServerCallContext, Task<TResponse>> handle);

    private static async Task<bool> Completed(Task handler)
    {
        await handler;
        return true;
    }
}
