using System.Diagnostics;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
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

/// <summary>Makes the server span that ASP.NET starts for every request a span of gRPC.</summary>
internal static class RpcSpans
{
    public static void Describe(HttpContext context, StageName stage, string method, StatusCode status, string? detail)
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is not { IsAllDataRequested: true } span)
            return;
        span.DisplayName = method;
        span.SetTag("rpc.system.name", "grpc");
        span.SetTag("rpc.method", method);
        span.SetTag("rpc.response.status_code", RpcStatus.Name(status));
        span.SetTag(StageName.Attribute, stage.Value);
        if (!RpcStatus.IsServerError(status))
            return;
        span.SetTag("error.type", RpcStatus.Name(status));
        span.SetStatus(ActivityStatusCode.Error, detail);
    }

    /// <inheritdoc cref="Suppress"/>
    public static Task SuppressAsync(HttpContext context, RequestDelegate next)
    {
        Suppress(context);
        return next(context);
    }

    /// <summary>What probes and scrapers ask every few seconds is in no trace.</summary>
    public static void Suppress(HttpContext context)
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is { } span)
            (span.ActivityTraceFlags, span.IsAllDataRequested) = (span.ActivityTraceFlags & ~ActivityTraceFlags.Recorded, false);
    }
}
