using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace VampNet.Services.Hosting.Admission;

/// <summary>The door of every server of the mesh: docs/services.md.</summary>
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
            "Admission:TenantHeader must be the name of a metadata header: lower-case letters, digits, '-', '_' and '.', not grpc-… and not …-bin")
            .ValidateOnStart();
        services.AddSingleton<CallLimiter>();
    }

    private static bool IsMetadataKey(string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.')
        && !name.StartsWith("grpc-", StringComparison.Ordinal) && !name.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.Ordinal);
}
