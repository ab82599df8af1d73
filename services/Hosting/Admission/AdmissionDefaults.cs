using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using VampNet.Audio;
using VampNet.Services.Hosting.Calls;

namespace VampNet.Services.Hosting.Admission;

/// <summary>Admission of calls to every server of the mesh: docs/services.md.</summary>
internal static class AdmissionDefaults
{
    public static void AddAdmission(this IServiceCollection services)
    {
        services.AddOptions<AdmissionOptions>().BindConfiguration(AdmissionOptions.Section)
            .Validate(
                a => a is { MaxCalls: > 0, MaxCallsPerTenant: null or > 0 },
                "Admission:MaxCalls and Admission:MaxCallsPerTenant must be above 0")
            .Validate(
                a => IsMetadataKey(a.TenantHeader),
                "Admission:TenantHeader must be the name of a metadata header: lower-case letters, digits, '-', '_' and '.', not grpc-… "
                    + "and not …-bin")
            .ValidateOnStart();
        services.AddSingleton<CallLimiter>();
        services.AddSingleton<TenantDisk>();
    }

    private static bool IsMetadataKey(string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.')
        && !name.StartsWith("grpc-", StringComparison.Ordinal) && !name.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.Ordinal);
}

/// <summary>How many calls a server takes at once (configuration section "Admission").</summary>
public sealed class AdmissionOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Admission";

    /// <summary>
    /// Most calls at work. A stage's default is what a gateway that is full asks of it, as a rule: each of its 64 calls has
    /// four windows of a variation under way at most.
    /// </summary>
    public int MaxCalls { get; set; } = 256;

    /// <summary>Most calls at work of one tenant; null = a quarter of <see cref="MaxCalls"/>, at least one.</summary>
    public int? MaxCallsPerTenant { get; set; }

    /// <summary>The metadata header that names the tenant; the same in every program of a mesh.</summary>
    public string TenantHeader { get; set; } = "x-vampnet-tenant";
}

/// <summary>A call that makes something gets a permit before anything is done for it, or is refused.</summary>
internal sealed class AdmissionInterceptor(CallLimiter limiter, TenantDisk disk, IOptions<AdmissionOptions> options) : CallInterceptor
{
    protected override async Task<TResponse> AroundAsync<TResponse>(
        ServerCallContext context, Func<ServerCallContext, Task<TResponse>> handle)
    {
        if (Methods.IsProbe(context.Method))
            return await handle(context);
        var tenant = Tenant.Read(context, options.Value.TenantHeader);
        SpoolStream.Quota = disk.Of(tenant);
        using var permit = Methods.IsWork(context.Method) ? limiter.Take(context.Method, tenant) : null;
        return await handle(context);
    }
}
