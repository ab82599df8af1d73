using VampNet.Audio;
using VampNet.Audio.Files;
using VampNet.Audio.Processing;

namespace VampNet.Cli.Output;

/// <summary>
/// What a command writes. A file appears complete or not at all: it is written beside its place under another name, and moved there by
/// <see cref="CommitAsync"/>; without that, nothing is left. Pipes and devices get the bytes as they come.
/// </summary>
internal sealed class OutputFile : IAsyncDisposable
{
    private readonly Stream _destination;
    private readonly AudioFormat? _format;
    private readonly FileMove? _move;
    private bool _isComplete;

    private OutputFile(string path, Stream destination, AudioFormat? format, FileMove? move)
    {
        (Path, _destination, _format, _move) = (path, destination, format, move);
        Stream = format is null ? destination : new SpoolStream();
    }

    /// <summary>As it was given.</summary>
    public string Path { get; }

    /// <summary>Where to write.</summary>
    public Stream Stream { get; }

    /// <param name="path"><see cref="StandardStreams.Name"/>, or what is to be written</param>
    /// <param name="replaces">whether a file that exists may be replaced without asking</param>
    /// <param name="inputs">paths of what the command reads, which is never replaced</param>
    /// <param name="format">makes such a file of the WAV file that is written to <see cref="Stream"/>; null = leaves it as it is</param>
    /// <exception cref="BadInputException">it would destroy something, or is a folder</exception>
    public static async Task<OutputFile> OpenAsync(
        string path, bool replaces, IEnumerable<string> inputs, AudioFormat? format, CancellationToken cancellationToken)
    {
        if (StandardStreams.IsOutput(path))
            return new(path, StandardStreams.OpenOutput(), format, null);
        if (Directory.Exists(path))
            throw new BadInputException($"--output {path} is a folder");
        if (StandardStreams.IsStream(path))
        {
            // A pipe opens once somebody reads from it.
            var through = Task.Run(() => new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite), cancellationToken);
            return new(path, await through.WaitAsync(cancellationToken), format, null);
        }
        var status = FileStatus.Of(path);
        if (status is not null && inputs.Any(input => FileStatus.Of(input)?.Identity == status.Identity))
            throw new BadInputException($"--output {path} is the input itself");
        if (status is not null && !replaces && !await ConfirmsAsync(path, cancellationToken))
            throw new BadInputException($"--output {path} exists; --force replaces it");
        // A link stays, and leads to the new file.
        var target = new FileInfo(path) is { LinkTarget: not null } link
            ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName
            : System.IO.Path.GetFullPath(path);
        var move = new FileMove(target, replaces: status is not null);
        return new(path, move.Create(), format, move);
    }

    /// <summary>Ends the writing; after this the file only has to be moved.</summary>
    public async Task CompleteAsync()
    {
        if (_isComplete)
            return;
        if (_format is { } format)
            await AudioConverter.ConvertAsync(Stream, format, _destination);
        await _destination.DisposeAsync();
        _isComplete = true;
    }

    public async Task CommitAsync()
    {
        await CompleteAsync();
        _move?.Commit();
    }

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        await _destination.DisposeAsync();
        _move?.Undo();
    }

    private static async Task<bool> ConfirmsAsync(string path, CancellationToken cancellationToken)
    {
        if (Console.IsInputRedirected || Console.IsErrorRedirected)
            return false;
        await Console.Error.WriteAsync($"{path} exists. Replace it? [y/N] ");
        var answer = await Task.Run(Console.ReadLine, cancellationToken).WaitAsync(cancellationToken);
        return answer?.Trim().ToUpperInvariant() is "Y" or "YES";
    }
}

/// <summary>A file under another name beside its place, and the folders that were missing on the way there.</summary>
internal sealed class FileMove
{
    private readonly string _target;
    private readonly string _partial;
    private readonly bool _replaces;
    private readonly Stack<string> _created = [];

    public FileMove(string target, bool replaces)
    {
        var folder = Path.GetDirectoryName(target)!;
        (_target, _replaces) = (target, replaces);
        _partial = Path.Combine(folder, $".{Path.GetFileName(target)}.{Environment.ProcessId}.part");
        for (var missing = folder; !Directory.Exists(missing); missing = Path.GetDirectoryName(missing)!)
            _created.Push(missing);
    }

    public Stream Create()
    {
        foreach (var folder in _created)
            Directory.CreateDirectory(folder);
        var stream = File.Create(_partial);
        if (_replaces && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(stream.SafeFileHandle, File.GetUnixFileMode(_target));
        return stream;
    }

    public void Commit()
    {
        File.Move(_partial, _target, _replaces);
        _created.Clear();
    }

    /// <summary>Removes what was not committed.</summary>
    public void Undo()
    {
        File.Delete(_partial);
        foreach (var folder in _created.Reverse().Where(folder => !Directory.EnumerateFileSystemEntries(folder).Any()))
            Directory.Delete(folder);
    }
}
