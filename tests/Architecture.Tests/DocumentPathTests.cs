using System.Text.RegularExpressions;
using VampNet.Testing;

namespace Architecture.Tests;

/// <summary>Paths that the documents name.</summary>
public partial class DocumentPathTests
{
    public static TheoryData<string> Documents => new(
        Directory.EnumerateFiles(Repository.Root, "*.md").Where(path => Path.GetFileName(path) != "CHANGELOG.md") // what was
            .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Repository.Root, path)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Documents))]
    public void What_a_document_names_is_there(string document)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, document));
        var named = Code().Matches(text).Select(m => m.Groups[1].Value)
            .Concat(Arrows().Matches(text).Select(m => string.Join('/', m.Value.Split('→').Select(part => part.Trim(' ', '`')))));
        Assert.All(named.Where(path => IsOfTheTree().IsMatch(path)).Distinct(), path => Assert.True(Exists(path), path));
    }

    private static bool Exists(string path) => Path.Exists(Path.Combine(Repository.Root, path.TrimEnd('/')));

    /// <summary>`gateway/Sources/AudioUpload.cs`</summary>
    [GeneratedRegex(@"`([\w.-]+(?:/[\w.-]+)+/?)`")]
    private static partial Regex Code();

    /// <summary>`gateway` → `Sources` → `AudioUpload.cs`</summary>
    [GeneratedRegex(@"`[\w.-]+`(?: → `[\w.-]+`)+")]
    private static partial Regex Arrows();

    /// <summary>Begins with a folder of the tree, and holds no name to be filled in.</summary>
    [GeneratedRegex("^(?!.*NAME)(benchmarks|clients|docs|gateway|k8s|model|protos|scripts|services|tests|weights)/")]
    private static partial Regex IsOfTheTree();
}
