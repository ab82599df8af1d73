using VampNet.Core;
using VampNet.Gateway.Replicas;
using VampNet.Gateway.Security;
using VampNet.Gateway.Stages;
using VampNet.Services.Hosting.Admission;
using VampNet.Services.Hosting.Drain;
using VampNet.Services.Hosting.Limits;
using VampNet.Services.Hosting.Security;
using VampNet.Services.Inference.Models;

namespace Deploy.Tests;

/// <summary>The configuration that the programs read, from the types that they bind it to.</summary>
internal static class Settings
{
    private static readonly Dictionary<string, Type> Sections = new()
    {
        [ModelOptions.Section] = typeof(ModelOptions),
        [MeshLimits.Section] = typeof(MeshLimits),
        [AdmissionOptions.Section] = typeof(AdmissionOptions),
        [DrainOptions.Section] = typeof(DrainOptions),
        [RetryOptions.Section] = typeof(RetryOptions),
        [ReplicaOptions.Section] = typeof(ReplicaOptions),
        [MetricsOptions.Section] = typeof(MetricsOptions),
        [ReflectionOptions.Section] = typeof(ReflectionOptions),
        [TlsOptions.Section] = typeof(TlsOptions),
        [ReplicaTlsOptions.Section] = typeof(ReplicaTlsOptions),
        [AuthenticationSettings.Section] = typeof(AuthenticationSettings),
        [$"{AuthenticationSettings.Section}:{nameof(AuthenticationSettings.Jwt)}"] = typeof(JwtSettings),
        [TenantsSettings.Section] = typeof(TenantSettings), // of each tenant
    };

    /// <param name="variable">such as Model__Device</param>
    public static bool Exists(string variable)
    {
        if (variable.Split("__") is not [.. var path, var key] || path is [])
            return false;
        var section = path is [TenantsSettings.Section, _] ? path[0] : string.Join(':', path);
        return section == ModelFolders.Section ? ModelNames.IsValid(key)
            : section == StageAddresses.Section ? StageInfo.All.Any(stage => stage.Program == key)
            : section == "Secrets" ? key == "Path"
            : Sections.TryGetValue(section, out var type) && type.GetProperty(key) is { CanWrite: true };
    }
}
