using Xunit;

namespace VampNet.Core.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vampnet-");

    private string Target => Path.Combine(_folder.FullName, "index.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Who_writes_the_same_file_at_once_replaces_the_whole_of_it()
    {
        Parallel.For(0, 64, i => AtomicFile.Write(Target, Enumerable.Repeat((byte)i, 10_000 + i).ToArray()));
        var bytes = File.ReadAllBytes(Target);
        Assert.Equal(10_000 + bytes[0], bytes.Length);
        Assert.All(bytes, b => Assert.Equal(bytes[0], b));
        Assert.Single(_folder.GetFiles());
    }

    [Fact]
    public void What_goes_wrong_leaves_the_file_that_was_there()
    {
        AtomicFile.Write(Target, [1, 2, 3]);
        Assert.Throws<IOException>(() => AtomicFile.Write(Target, file =>
        {
            file.WriteByte(4);
            throw new IOException("no space left");
        }));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(Target));
        Assert.Single(_folder.GetFiles());
    }
}
