namespace VampNet.Testing;

/// <summary>
/// The arrays and checkpoints that the reference implementation wrote (tests/goldens/README.txt says what each is).
/// VAMPNET_GOLDENS names another folder with files of the same names.
/// </summary>
public static class Goldens
{
    /// <summary>The folder in use.</summary>
    public static string Folder { get; } =
        Environment.GetEnvironmentVariable("VAMPNET_GOLDENS") is { Length: > 0 } named ? named : Path.Combine(Repository.Root, "tests", "goldens");

    /// <param name="name">array name without ".npy"</param>
    public static Npy Array(string name) => Npy.Read(File(name + ".npy"));

    /// <summary>Full path of a golden file.</summary>
    /// <exception cref="FileNotFoundException">the folder has no such file</exception>
    public static string File(string name)
    {
        var path = Path.Combine(Folder, name);
        return System.IO.File.Exists(path) ? path : throw new FileNotFoundException($"no golden {name} in {Folder}", path);
    }

    /// <summary>
    /// Names (without ".npy") of the arrays that match a pattern such as "mask_periodic_p*_w*"; at least one.
    /// </summary>
    public static IReadOnlyList<string> Names(string pattern)
    {
        var names = Directory.EnumerateFiles(Folder, pattern + ".npy").Select(p => Path.GetFileNameWithoutExtension(p)!).Order(StringComparer.Ordinal).ToArray();
        return names.Length > 0 ? names : throw new FileNotFoundException($"no golden matches {pattern} in {Folder}");
    }
}
