using VampNet.Model.Checkpoints;
using VampNet.Model.Packages;

namespace VampNet.Services.Inference.Models;

/// <summary>The default model of a stage, and where models run (configuration section "Model").</summary>
public sealed class ModelOptions
{
    public const string Section = "Model";

    /// <summary>
    /// Folder of the default model package, unless <see cref="ModelFolders"/> names one. A relative one is looked for in
    /// the current folder, then beside the program and in every folder above it.
    /// </summary>
    public string Path { get; set; } = "weights/vampnet-mini";

    /// <summary>"cpu", "cuda" or "cuda:N".</summary>
    public string Device { get; set; } = "cpu";

    /// <summary>What generators compute in: one of <see cref="Precisions"/>. The codec computes in float32 always.</summary>
    public string Precision { get; set; } = Precisions.Auto;

    /// <summary>How often the packages are looked at for a new version, in seconds; 0 = never.</summary>
    public int WatchSeconds { get; set; } = 10;
}
