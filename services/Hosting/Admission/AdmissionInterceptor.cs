using Grpc.Core;
using Microsoft.Extensions.Options;
using VampNet.Services.Hosting.Calls;

namespace VampNet.Services.Hosting.Admission;

/// <summary>The door: a call that makes something gets a permit before anything is done for it, or is refused.</summary>
internal sealed class AdmissionInterceptor(CallLimiter limiter, IOptions<AdmissionOptions> options) : CallInterceptor
{
    protected override async Task<TResponse> AroundAsync<TResponse>(
        ServerCallContext context, Func<ServerCallContext, Task<TResponse>> handle)
    {
        if (Methods.IsProbe(context.Method))
            return await handle(context);
        var tenant = Tenant.Read(context, options.Value.TenantHeader);
        using var permit = Methods.IsWork(context.Method) ? limiter.Take(context.Method, tenant) : null;
        return await handle(context);
    }
}
