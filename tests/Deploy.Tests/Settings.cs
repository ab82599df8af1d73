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

    /// <summary>
    /// What the manifests set and the programs are yet to read. When they do, a test asks to delete the name here and to name its section
    /// above.
    /// </summary>
    public static string[] Awaited { get; } =
    [
        "Tls__CertificatePath", "Tls__KeyPath", "Tls__ClientCaPath", "Replicas__Tls__CaPath", "Replicas__Tls__CertificatePath",
        "Replicas__Tls__KeyPath", "Authentication__ApiKeysPath",
    ];

    /// <param name="variable">such as Model__Device</param>
    public static bool Exists(string variable) => Binds(variable) || Awaited.Contains(variable);

    /// <summary>Whether a program reads it.</summary>
    public static bool Binds(string variable)
    {
        var parts = variable.Split("__");
        var (section, key) = (string.Join(':', parts[..^1]), parts[^1]);
        return section == ModelFolders.Section ? ModelNames.IsValid(key)
            : section == StageAddresses.Section ? StageInfo.All.Any(stage => stage.Program == key)
            : Sections.TryGetValue(section, out var type) && type.GetProperty(key) is { CanWrite: true };
    }
}
