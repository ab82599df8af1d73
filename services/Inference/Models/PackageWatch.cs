using VampNet.Model.Packages;

namespace VampNet.Services.Inference.Models;

/// <summary>
/// Notices new versions of a package: another manifest. After a version that could not be loaded, other weight files
/// count too, for they may have come late.
/// </summary>
/// <param name="name">of the package here</param>
internal sealed class PackageWatch(string name, string folder)
{
    private string? _manifest;
    private string _files = "";
    private bool _hasFailed;

    public string Name => name;

    public string Folder => folder;

    /// <summary>Whether there is a version that was not seen before; from now on it has been.</summary>
    public bool Look()
    {
        var (manifest, files) = (Manifest(), Files());
        if (manifest == _manifest && !(_hasFailed && files != _files))
            return false;
        (_manifest, _files, _hasFailed) = (manifest, files, false);
        return true;
    }

    /// <summary>The version that was seen last could not be loaded.</summary>
    public void Fail() => _hasFailed = true;

    private string Manifest()
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, ModelManifest.FileName));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // loading it says what is wrong
        }
    }

    private string Files()
    {
        try
        {
            var files = new DirectoryInfo(folder).EnumerateFiles("*.safetensors").OrderBy(file => file.Name, StringComparer.Ordinal);
            return string.Join('\n', files.Select(file => $"{file.Name} {file.Length} {file.LastWriteTimeUtc.Ticks}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
