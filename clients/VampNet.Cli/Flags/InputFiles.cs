using Microsoft.Extensions.FileSystemGlobbing;
using Microsoft.Extensions.FileSystemGlobbing.Abstractions;
using VampNet.Cli.Output;

namespace VampNet.Cli.Flags;

/// <summary>A file to read.</summary>
/// <param name="Path">where it is</param>
/// <param name="Name">what its result is called, without extension: below the folder or pattern that it was found by</param>
internal sealed record InputFile(string Path, string Name);

/// <summary>Files by their paths, by folders and by patterns.</summary>
internal static class InputFiles
{
    private static readonly EnumerationOptions s_below = new() { RecurseSubdirectories = true };

    /// <param name="given">paths, folders, and patterns such as songs/**/*.mp3</param>
    /// <param name="extensions">of what a folder is searched for, with their dots</param>
    /// <exception cref="BadInputException">a folder or pattern leads to nothing</exception>
    public static IReadOnlyList<InputFile> Find(IEnumerable<string> given, IReadOnlyList<string> extensions) =>
        [.. given.SelectMany(path => FindOne(path, extensions)).DistinctBy(file => Path.GetFullPath(file.Path))];

    /// <summary>Whether it stands for any number of files.</summary>
    public static bool IsMany(string path) => Directory.Exists(path) || IsPattern(path);

    private static List<InputFile> FindOne(string path, IReadOnlyList<string> extensions)
    {
        if (!IsMany(path))
            return [new InputFile(path, Path.GetFileNameWithoutExtension(path))];
        var (folder, files) = Directory.Exists(path) ? (path, Below(path, extensions)) : Matching(path);
        var found = files.Order(StringComparer.Ordinal)
            .Select(file => new InputFile(file, Path.ChangeExtension(Path.GetRelativePath(folder, file), null))).ToList();
        return found.Count > 0
            ? found
            : throw new BadInputException(
                Directory.Exists(path) ? $"{path} holds no files of {string.Join(", ", extensions)}" : $"{path} matches no file");
    }

    private static IEnumerable<string> Below(string folder, IReadOnlyList<string> extensions) =>
        Directory.EnumerateFiles(folder, "*", s_below)
            .Where(file => extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase));

    private static (string Folder, IEnumerable<string> Files) Matching(string pattern)
    {
        var fixedPart = pattern[..pattern.IndexOfAny(['*', '?'])];
        var cut = fixedPart.LastIndexOf('/') + 1;
        var folder = cut == 0 ? "." : fixedPart[..cut];
        if (!Directory.Exists(folder))
            return (folder, []);
        var matches = new Matcher().AddInclude(pattern[cut..]).Execute(new DirectoryInfoWrapper(new DirectoryInfo(folder)));
        return (folder, matches.Files.Select(match => Path.Combine(folder, match.Path)));
    }

    private static bool IsPattern(string path) =>
        path.AsSpan().ContainsAny('*', '?') && !File.Exists(path) && !StandardStreams.IsStream(path);
}
