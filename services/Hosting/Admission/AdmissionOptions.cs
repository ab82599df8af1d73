namespace VampNet.Services.Hosting.Admission;

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

    /// <summary>Most calls at work of one tenant; null = as many as there may be at all.</summary>
    public int? MaxCallsPerTenant { get; set; }

    /// <summary>The metadata header that names the tenant; the same in every program of a mesh.</summary>
    public string TenantHeader { get; set; } = "x-vampnet-tenant";
}
