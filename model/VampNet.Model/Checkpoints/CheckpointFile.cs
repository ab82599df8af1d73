using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace VampNet.Model.Checkpoints;

/// <summary>
/// An open weight file. It stays open while anything can still read from it, so that what was checked is what is read, even if another
/// file takes its place; the garbage collector closes it.
/// </summary>
internal sealed class CheckpointFile
{
    private const int Block = 1 << 20;
    private readonly SafeFileHandle _handle;

    private CheckpointFile(string path) => (Path, _handle) = (path, File.OpenHandle(path));

    public string Path { get; }

    /// <summary>In bytes.</summary>
    public long Length => RandomAccess.GetLength(_handle);

    /// <param name="use">gets the open file</param>
    /// <exception cref="CheckpointException">the file cannot be opened or read</exception>
    public static T Open<T>(string path, Func<CheckpointFile, T> use) => Guard(path, () => use(new CheckpointFile(path)));

    /// <param name="read">gets the open file and its name for messages</param>
    /// <inheritdoc cref="Open"/>
    public static T Read<T>(string path, Func<Stream, string, T> read) => Guard(path, () =>
    {
        using var file = File.OpenRead(path);
        return read(file, path);
    });

    /// <exception cref="CheckpointException">the file has become shorter, or cannot be read</exception>
    public void Read(long offset, Span<byte> into)
    {
        try
        {
            while (!into.IsEmpty)
            {
                var count = RandomAccess.Read(_handle, into, offset);
                if (count == 0)
                    throw new CheckpointException(Path, "ends early");
                offset += count;
                into = into[count..];
            }
        }
        catch (IOException e)
        {
            throw new CheckpointException(Path, e.Message, e);
        }
    }

    /// <summary>Of all bytes, in lower-case hex.</summary>
    public string Sha256()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[Block];
        int count;
        for (var offset = 0L; (count = RandomAccess.Read(_handle, buffer, offset)) > 0; offset += count)
            hash.AppendData(buffer, 0, count);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static T Guard<T>(string path, Func<T> use)
    {
        try
        {
            return use();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, e.Message, e);
        }
    }
}

/// <summary>A weight file cannot be used: unreadable, corrupt, refused, or not what was expected.</summary>
/// <param name="file">the file, as it goes into the message</param>
/// <param name="problem">what is wrong with it, naming the tensor or field</param>
public sealed class CheckpointException(string file, string problem, Exception? inner = null)
    : Exception($"{file}: {problem}", inner)
{
    /// <summary>The file that is to blame.</summary>
    public string File { get; } = file;
}
