using VampNet.Model.Checkpoints;

namespace VampNet.Services.Hosting.Models;

/// <summary>Which model a stage serves, and where it runs (configuration section "Model").</summary>
public sealed class ModelOptions
{
    public const string Section = "Model";

    /// <summary>
    /// Folder of a model package. A relative one is looked for in the current folder, then beside the program and in
    /// every folder above it.
    /// </summary>
    public string Path { get; set; } = "weights/vampnet-mini";

    /// <summary>"cpu", "cuda" or "cuda:N".</summary>
    public string Device { get; set; } = "cpu";

    /// <summary>What generators compute in: "float32" or "bfloat16". The codec computes in float32 always.</summary>
    public string Precision { get; set; } = Precisions.Full;

    /// <summary>Most calls that wait for the device.</summary>
    public int QueueCapacity { get; set; } = 64;

    /// <summary>Full path of the model package's folder.</summary>
    /// <exception cref="DirectoryNotFoundException">there is no such folder</exception>
    public string Folder()
    {
        if (Directory.Exists(Path))
            return System.IO.Path.GetFullPath(Path);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = System.IO.Path.Combine(folder.FullName, Path);
            if (Directory.Exists(candidate))
                return candidate;
        }
        throw new DirectoryNotFoundException($"Model:Path \"{Path}\" is no folder in the current folder, nor beside or above the program");
    }
}
