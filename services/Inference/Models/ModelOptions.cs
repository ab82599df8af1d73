using Microsoft.Extensions.Options;
using VampNet.Core;
using VampNet.Model.Packages;

namespace VampNet.Services.Inference.Models;

/// <summary>
/// Model packages to serve side by side (configuration section "Models": name = folder). "default" takes the place of
/// <see cref="ModelOptions.Path"/>.
/// </summary>
public sealed class ModelFolders : Dictionary<string, string>
{
    public const string Section = "Models";

    /// <summary>The model of requests that name none.</summary>
    public const string Default = "default";

    /// <summary>Every package to serve, the default first, then by name.</summary>
    /// <exception cref="DirectoryNotFoundException">there is no such folder</exception>
    public IReadOnlyList<(string Name, string Folder)> Resolve(ModelOptions options)
    {
        var first = TryGetValue(Default, out var own)
            ? Find($"{Section}:{Default}", own)
            : Find($"{ModelOptions.Section}:{nameof(ModelOptions.Path)}", options.Path);
        return [
            (Default, first),
            .. this.Where(m => m.Key != Default).OrderBy(m => m.Key, StringComparer.Ordinal)
            .Select(m => (m.Key, Find($"{Section}:{m.Key}", m.Value)))];
    }

    private static string Find(string key, string path)
    {
        if (Directory.Exists(path))
            return Path.GetFullPath(path);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, path);
            if (Directory.Exists(candidate))
                return candidate;
        }
        throw new DirectoryNotFoundException($"{key} \"{path}\" is no folder in the current folder, nor beside or above the program");
    }
}

/// <summary>Refuses names that no request could spell.</summary>
internal sealed class ModelFoldersCheck : IValidateOptions<ModelFolders>
{
    public ValidateOptionsResult Validate(string? name, ModelFolders options) =>
        options.Keys.FirstOrDefault(key => !ModelNames.IsValid(key)) is { } bad
            ? ValidateOptionsResult.Fail($"{ModelFolders.Section}:{bad}: {ModelNames.Rule}")
            : ValidateOptionsResult.Success;
}

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
