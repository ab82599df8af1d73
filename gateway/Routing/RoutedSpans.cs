using Microsoft.AspNetCore.Http.Features;
using VampNet.Gateway.Telemetry;
using VampNet.Services.Hosting.Telemetry;
using Yarp.ReverseProxy.Model;

namespace VampNet.Gateway.Routing;

/// <summary>Names the server span of a call that the gateway only routes.</summary>
internal static class RoutedSpans
{
    public static Task DescribeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<RouteModel>() is { } route
            && context.Features.Get<IHttpActivityFeature>()?.Activity is { } span)
        {
            // Not the path: whoever calls may write anything there.
            span.DisplayName = $"route {route.Config.RouteId}";
            span.SetTag(StageName.Attribute, GatewayStageNames.Gateway);
        }
        return next(context);
    }
}
