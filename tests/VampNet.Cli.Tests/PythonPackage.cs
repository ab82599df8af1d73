using VampNet.Testing;

namespace VampNet.Cli.Tests;

/// <summary>The client for Python: made once, and installed as a wheel where pip can do that without a network.</summary>
internal static class PythonPackage
{
    private const string Python = "/usr/bin/python3";

    private static readonly Lazy<Task<string>> s_folder = new(MakeAsync);

    /// <summary>Where Python finds it.</summary>
    public static Task<string> FolderAsync() => s_folder.Value;

    /// <summary>A line of shell that runs one of its examples.</summary>
    public static async Task<string> ExampleAsync(string name, Uri gateway) =>
        $"PYTHONPATH='{await FolderAsync()}' {Python} '{Example(name)}' {gateway.Authority}";

    public static string Example(string name) => $"{Repository.Root}/clients/python/examples/{name}";

    private static async Task<string> MakeAsync()
    {
        await VampNetProcess.OutputAsync($"'{Repository.Root}/scripts/client-packages.sh' python");
        var wheel = Directory.GetFiles($"{Repository.Root}/artifacts/packages", "vampnet-*-py3-none-any.whl").Order().LastOrDefault();
        if (wheel is null)
            return $"{Repository.Root}/artifacts/clients/python";
        var site = $"{Repository.Root}/artifacts/clients/site";
        await VampNetProcess.OutputAsync(
            $"rm -rf '{site}'; {Python} -m pip install --quiet --no-index --no-deps --target '{site}' '{wheel}'");
        return site;
    }
}
