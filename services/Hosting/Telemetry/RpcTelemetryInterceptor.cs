using Grpc.AspNetCore.Server;
using Grpc.Core;
using VampNet.Services.Hosting.Calls;

namespace VampNet.Services.Hosting.Telemetry;

/// <summary>Measures every call, with the status that its caller sees: it goes around what maps errors.</summary>
internal sealed class RpcTelemetryInterceptor(RpcMetrics metrics, StageName stage, TimeProvider time) : CallInterceptor
{
    protected override async Task<TResponse> AroundAsync<TResponse>(
        ServerCallContext context, Func<ServerCallContext, Task<TResponse>> handle)
    {
        var started = time.GetTimestamp();
        if (Methods.IsProbe(context.Method))
            RpcSpans.Suppress(context.GetHttpContext());
        try
        {
            var response = await handle(context);
            End(context, started, context.Status);
            return response;
        }
        catch (RpcException error)
        {
            End(context, started, error.Status);
            if (RefusalReason.Of(error) is { } reason)
                metrics.Refused(Method(context), error.StatusCode, reason);
            throw;
        }
    }

    private void End(ServerCallContext context, long started, Status status)
    {
        metrics.Ended(Method(context), status.StatusCode, time.GetElapsedTime(started));
        RpcSpans.Describe(context.GetHttpContext(), stage, Method(context), status.StatusCode, status.Detail);
    }

    private static string Method(ServerCallContext context) => context.Method.TrimStart('/');
}
