using Grpc.Core;
using Microsoft.Extensions.Options;
using VampNet.Gateway.Telemetry;
using VampNet.Services.Hosting.Admission;
using VampNet.Services.Hosting.Calls;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.Security;

/// <summary>
/// Between who calls and what is called: names the tenant, to the gateway itself and to the stages, and refuses what it may not. Where
/// callers are known, the tenant is theirs, whatever they have sent; their keys and tokens end here.
/// </summary>
internal sealed class TenantGate(
    IOptions<AuthenticationSettings> authentication, IOptions<AdmissionOptions> admission, IOptions<TenantsSettings> tenants,
    TenantLimits limits, RequestDrain drain, GatewayMetrics metrics)
{
    public async Task PassAsync(HttpContext context, RequestDelegate next)
    {
        var (headers, path) = (context.Request.Headers, context.Request.Path.Value ?? "");
        if (authentication.Value.IsOn)
        {
            headers.Remove(ApiKeyHandler.Header);
            headers.Authorization = default;
            headers[admission.Value.TenantHeader] = Caller.TenantOf(context.User);
        }
        // A name that is none is refused where the call is served; nothing but calls is work.
        if (context.IsGrpc() && !Methods.IsProbe(path) && Tenant.TryRead(headers[admission.Value.TenantHeader], out var tenant))
        {
            headers[AllowedModels.Header] = tenants.Value.Of(tenant).Models;
            try
            {
                limits.Begin(tenant, Methods.IsWork(path));
            }
            catch (RpcException error)
            {
                metrics.Refused(error.Reason()!);
                await drain.EndAsync(context, error);
                return;
            }
        }
        await next(context);
    }
}
