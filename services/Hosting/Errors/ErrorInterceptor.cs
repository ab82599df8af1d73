using Grpc.Core;
using Microsoft.Extensions.Logging;
using VampNet.Audio;
using VampNet.Services.Hosting.Calls;

namespace VampNet.Services.Hosting.Errors;

/// <summary>Turns what handlers throw into gRPC statuses: the one place where that is decided.</summary>
internal sealed class ErrorInterceptor(
    MalformedRequests malformed, ShortageGuard shortages, ILogger<ErrorInterceptor> logger, TimeProvider time) : CallInterceptor
{
    protected override async Task<TResponse> AroundAsync<TResponse>(
        ServerCallContext context, Func<ServerCallContext, Task<TResponse>> handle)
    {
        MalformedRequests.IsHandled(context);
        try
        {
            CheckHeaders(context);
            return await handle(context);
        }
        catch (Exception error)
        {
            throw Translate(error, context);
        }
    }

    protected override IAsyncStreamReader<T> Requests<T>(IAsyncStreamReader<T> requests, ServerCallContext context) =>
        new MessageReader<T>(requests, context.Method, malformed);

    private void CheckHeaders(ServerCallContext context)
    {
        try
        {
            _ = context.RequestHeaders; // decodes them
        }
        catch (FormatException)
        {
            throw malformed.Refuse(context.Method, "a metadata header whose name ends in -bin is not base64");
        }
    }

    private RpcException Translate(Exception error, ServerCallContext context)
    {
        switch (error)
        {
            // A call to a stage that this process could not make for want of something is no fault of the stage.
            case RpcException rpc when ResourceShortage.Of(rpc) is null:
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
        if (ResourceShortage.Of(error) is { } shortage)
            return shortages.Refuse(shortage);
        ErrorLog.HandlerFailed(logger, error, context.Method);
        return RpcErrors.Create(StatusCode.Internal, "internal error; the server's log has it");
    }
}

internal static partial class ErrorLog
{
    [LoggerMessage(1, LogLevel.Error, "{Method} failed")]
    public static partial void HandlerFailed(ILogger logger, Exception error, string method);

    [LoggerMessage(
        2, LogLevel.Information, "{Method} refused a request that cannot be read: {Problem}; {Unlogged} others since the line before")]
    public static partial void RequestMalformed(ILogger logger, string method, string problem, int unlogged);
}

/// <summary>A deadline that cannot be met, refused before any work is done for it.</summary>
public sealed class DeadlineTooShortException(TimeSpan estimate)
    : Exception($"the deadline cannot be met: this would take about {estimate.TotalSeconds:0.0} s from now, with what waits before it")
{
    /// <summary>How long the call would take from now, with what waits before it.</summary>
    public TimeSpan Estimate { get; } = estimate;
}
