namespace VampNet.Cli.Output;

/// <summary>
/// A file that appears complete or not at all: written beside its place under another name, and moved there by
/// <see cref="CommitAsync"/>. Without that, nothing is left.
/// </summary>
internal sealed class OutputFile : IAsyncDisposable
{
    private readonly string _path;
    private readonly string _partial;

    /// <exception cref="BadInputException">the folder is missing, or the path is one</exception>
    public OutputFile(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
            throw new BadInputException($"--output {path}: the folder {folder} does not exist");
        if (Directory.Exists(path))
            throw new BadInputException($"--output {path} is a folder");
        _path = path;
        _partial = Path.Combine(folder, $".{Path.GetFileName(path)}.{Environment.ProcessId}.part");
        Stream = File.Create(_partial);
    }

    public FileStream Stream { get; }

    public async Task CommitAsync()
    {
        await Stream.DisposeAsync();
        File.Move(_partial, _path, overwrite: true);
    }

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        File.Delete(_partial);
    }
}
