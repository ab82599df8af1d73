using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;
using VampNet.Audio;
using VampNet.Services.Hosting.Scheduling;

namespace VampNet.Services.Hosting.Errors;

/// <summary>Turns what handlers throw into gRPC statuses: the one place where that is decided.</summary>
internal sealed class ErrorInterceptor(ILogger<ErrorInterceptor> logger, TimeProvider time) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception error)
        {
            throw Translate(error, context);
        }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(new ClientRequests<TRequest>(requestStream), context);
        }
        catch (Exception error)
        {
            await RequestDrain.DrainAsync(requestStream, time, context.CancellationToken);
            throw Translate(error, context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception error)
        {
            throw Translate(error, context);
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(new ClientRequests<TRequest>(requestStream), responseStream, context);
        }
        catch (Exception error)
        {
            await RequestDrain.DrainAsync(requestStream, time, context.CancellationToken);
            throw Translate(error, context);
        }
    }

    private RpcException Translate(Exception error, ServerCallContext context)
    {
        switch (error)
        {
            case RpcException rpc:
                return RpcErrors.Forward(rpc);
            case InvalidRequestException invalid:
                return RpcErrors.From(invalid);
            case InvalidAudioException audio:
                return RpcErrors.From(audio);
            case DeadlineTooShortException late:
                return RpcErrors.Refuse(StatusCode.DeadlineExceeded, late.Message, "DEADLINE_TOO_SHORT");
        }
        // Whatever breaks after the call has ended, breaks because it has ended.
        if (context.CancellationToken.IsCancellationRequested)
        {
            return time.GetUtcNow().UtcDateTime >= context.Deadline
                ? RpcErrors.Create(StatusCode.DeadlineExceeded, "the deadline passed")
                : RpcErrors.Create(StatusCode.Cancelled, "the call was cancelled");
        }
        ErrorLog.HandlerFailed(logger, error, context.Method);
        return RpcErrors.Create(StatusCode.Internal, "internal error; the server's log has it");
    }
}

internal static partial class ErrorLog
{
    [LoggerMessage(1, LogLevel.Error, "{Method} failed")]
    public static partial void HandlerFailed(ILogger logger, Exception error, string method);
}
