using Grpc.Core;
using Microsoft.Extensions.Options;
using VampNet.Gateway.Telemetry;
using VampNet.Services.Hosting.Admission;
using VampNet.Services.Hosting.Calls;
using VampNet.Services.Hosting.Errors;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace VampNet.Gateway.Security;

/// <summary>
/// Puts the work of calls that are routed on the accounts of their tenants. How much it is the stage says with its first response; one that
/// finds its account empty by then ends, as a request of the pipeline would.
/// </summary>
internal sealed class RoutedCosts(IOptions<AdmissionOptions> admission, TenantLimits limits, GatewayMetrics metrics) : ITransformProvider
{
    public void Apply(TransformBuilderContext context) => context.AddResponseTransform(Charge);

    public void ValidateRoute(TransformRouteValidationContext context)
    {
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
    }

    /// <exception cref="RpcException">RESOURCE_EXHAUSTED, which the proxy keeps as the reason why it did not go on</exception>
    private ValueTask Charge(ResponseTransformContext context)
    {
        if (context.ProxyResponse is { } response && CallCost.Of(response.Headers) is > 0 and var cost
            && Tenant.TryRead(context.HttpContext.Request.Headers[admission.Value.TenantHeader], out var tenant))
        {
            try
            {
                limits.Work(tenant, cost);
            }
            catch (RpcException error)
            {
                metrics.Refused(error.Reason()!);
                throw;
            }
        }
        return default;
    }
}
