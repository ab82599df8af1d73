using System.Globalization;
using System.IO.Compression;
using System.IO.Enumeration;
using System.Text.RegularExpressions;

namespace VampNet.Testing;

/// <summary>
/// The arrays and checkpoints that the reference implementation wrote (tests/goldens/README.txt says what each is).
/// The arrays lie in arrays.npz, as NumPy reads it. VAMPNET_GOLDENS names another folder with the same files, arrays packed or not.
/// </summary>
public static class Goldens
{
    /// <summary>The folder in use.</summary>
    public static string Folder { get; } =
        Environment.GetEnvironmentVariable("VAMPNET_GOLDENS") is { Length: > 0 } named
            ? named
            : Path.Combine(Repository.Root, "tests", "goldens");

    private static readonly Lazy<IReadOnlyDictionary<string, byte[]>> s_arrays = new(ReadArrays);

    /// <param name="name">array name without ".npy"</param>
    /// <exception cref="FileNotFoundException">there is no such array</exception>
    public static Npy Array(string name) => s_arrays.Value.TryGetValue(name + ".npy", out var bytes)
        ? Npy.Read(bytes, name + ".npy")
        : throw new FileNotFoundException($"no golden array {name} in {Folder}");

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
        var names = s_arrays.Value.Keys.Where(name => FileSystemName.MatchesSimpleExpression(pattern + ".npy", name))
            .Select(name => Path.GetFileNameWithoutExtension(name)).Order(StringComparer.Ordinal).ToArray();
        return names.Length > 0 ? names : throw new FileNotFoundException($"no golden matches {pattern} in {Folder}");
    }

    private static Dictionary<string, byte[]> ReadArrays()
    {
        var packed = Path.Combine(Folder, "arrays.npz");
        if (!System.IO.File.Exists(packed))
            return Directory.EnumerateFiles(Folder, "*.npy").ToDictionary(path => Path.GetFileName(path), System.IO.File.ReadAllBytes);
        using var archive = ZipFile.OpenRead(packed);
        return archive.Entries.ToDictionary(entry => entry.FullName, entry =>
        {
            var bytes = new byte[entry.Length];
            using var stream = entry.Open();
            stream.ReadExactly(bytes);
            return bytes;
        });
    }

    /// <summary>The lines of README.txt; a folder without one is described by the copy in tests/.</summary>
    public static IEnumerable<string> Readme()
    {
        var own = Path.Combine(Folder, "README.txt");
        return System.IO.File.ReadLines(System.IO.File.Exists(own) ? own : Path.Combine(Repository.Root, "tests", "goldens", "README.txt"));
    }

    /// <summary>What README.txt says of an array, such as the arguments that it was made with.</summary>
    public static string Note(string name) =>
        Readme().FirstOrDefault(l => l.StartsWith(name + ".npy ", StringComparison.Ordinal))?[(name.Length + ".npy ".Length)..].Trim()
        ?? throw new InvalidDataException($"README.txt does not describe {name}");

    /// <summary>The number after a name in a note: <c>'prefix_s': 0.2</c> or <c>period=7</c>; null if it is not there.</summary>
    public static double? Argument(string name, string argument)
    {
        var match = Regex.Match(Note(name), $@"\b{Regex.Escape(argument)}'?\s*[:=]\s*(-?[\d.]+)");
        return match.Success ? double.Parse(match.Groups[1].Value.TrimEnd('.'), CultureInfo.InvariantCulture) : null;
    }
}
