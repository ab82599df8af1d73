using VampNet.Core;
using VampNet.Gateway.Replicas;
using VampNet.Gateway.Stages;
using VampNet.Services.Hosting.Admission;
using VampNet.Services.Hosting.Drain;
using VampNet.Services.Hosting.Limits;
using VampNet.Services.Hosting.Telemetry;
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
    };

    /// <param name="variable">such as Model__Device</param>
    public static bool Exists(string variable) =>
        variable.Split("__") is [var section, var key]
        && (section == ModelFolders.Section ? ModelNames.IsValid(key)
            : section == StageAddresses.Section ? StageInfo.All.Any(stage => stage.Program == key)
            : Sections.TryGetValue(section, out var type) && type.GetProperty(key) is { CanWrite: true });
}
