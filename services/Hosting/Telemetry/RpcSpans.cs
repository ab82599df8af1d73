using System.Diagnostics;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace VampNet.Services.Hosting.Telemetry;

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
