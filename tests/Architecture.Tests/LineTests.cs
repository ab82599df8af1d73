using VampNet.Testing;

namespace Architecture.Tests;

/// <summary>Lines are as long as .editorconfig says, which no compiler checks.</summary>
public class LineTests
{
    private const int Longest = 140;

    private static readonly string[] s_unbroken = ["://", "\"\"\"", "@\""]; // links, and strings that cannot be broken

    public static TheoryData<string> Folders => new("benchmarks", "clients", "gateway", "model", "protos", "services", "tests");

    [Theory]
    [MemberData(nameof(Folders))]
    public void Lines_end_at_140_columns(string folder)
    {
        var files = Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".cs" or ".proto");
        var longer = files.SelectMany(file => File.ReadLines(file).Index()
            .Where(line => line.Item.Length > Longest && !s_unbroken.Any(mark => line.Item.Contains(mark, StringComparison.Ordinal)))
            .Select(line => $"{Path.GetRelativePath(Repository.Root, file)}:{line.Index + 1}"));
        Assert.Empty(longer);
    }
}
