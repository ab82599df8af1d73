using Microsoft.Win32.SafeHandles;

namespace VampNet.Audio;

/// <summary>
/// Bytes on disk instead of in memory, to be read as often as needed: a temporary file without a name, gone when it is
/// closed, however the process ends. Lies in the folder for temporary files (<c>TMPDIR</c>).
/// </summary>
/// <param name="maxBytes">most bytes that it takes</param>
public sealed class SpoolStream(long maxBytes = long.MaxValue) : Stream
{
    private const int ChunkBytes = 64 << 10;

    private static readonly AsyncLocal<ISpoolQuota?> Ambient = new();

    private readonly SafeFileHandle _file = OpenNameless();
    private readonly ISpoolQuota? _quota = Ambient.Value;
    private long _length;

    /// <summary>
    /// Who is asked for the bytes of spools that this asynchronous flow opens: a call opens many, deep inside of what knows nothing of
    /// calls. Null = nobody.
    /// </summary>
    public static ISpoolQuota? Quota
    {
        set => Ambient.Value = value;
    }

    public override long Length => _length;

    public override long Position { get; set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => true;

    /// <exception cref="InvalidAudioException">more than the limit</exception>
    /// <exception cref="TemporaryFileException">the disk is full; the quota may throw exceptions of its own</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (Position + buffer.Length > maxBytes)
            throw new InvalidAudioException(AudioProblem.TooLong, $"audio stream is larger than the limit of {maxBytes} bytes");
        ObjectDisposedException.ThrowIf(_file.IsClosed, this);
        Resize(Math.Max(_length, Position + buffer.Length));
        try
        {
            RandomAccess.Write(_file, buffer, Position);
        }
        catch (IOException error)
        {
            throw new TemporaryFileException(error);
        }
        Position += buffer.Length;
    }

    public override int Read(Span<byte> buffer)
    {
        var read = ReadAt(Position, buffer);
        Position += read;
        return read;
    }

    /// <summary>Reads wherever <see cref="Position"/> is, so that several readers do not disturb each other.</summary>
    /// <returns>less than asked for at the end only</returns>
    public int ReadAt(long offset, Span<byte> buffer)
    {
        var total = 0;
        int read;
        while ((read = RandomAccess.Read(_file, buffer[total..], offset + total)) > 0)
            total += read;
        return total;
    }

    /// <summary>All bytes in chunks of up to 64 KiB, each an array of its own; several readers may be under way at once.</summary>
    public IEnumerable<byte[]> Chunks()
    {
        for (long at = 0; at < Length; at += ChunkBytes)
        {
            var chunk = new byte[(int)Math.Min(ChunkBytes, Length - at)];
            ReadAt(at, chunk);
            yield return chunk;
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => Position,
        _ => _length,
    };

    public override void SetLength(long value)
    {
        ObjectDisposedException.ThrowIf(_file.IsClosed, this);
        Resize(value);
        RandomAccess.SetLength(_file, value);
    }

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_file.IsClosed)
        {
            _file.Dispose();
            Resize(0);
        }
        base.Dispose(disposing);
    }

    private void Resize(long length)
    {
        if (length > _length)
            _quota?.Take(length - _length);
        else if (length < _length)
            _quota?.Release(_length - length);
        _length = length;
    }

    private static SafeFileHandle OpenNameless()
    {
        var path = Path.Combine(Path.GetTempPath(), $"vampnet-{Guid.NewGuid():N}");
        try
        {
            var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete);
            File.Delete(path);
            return file;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TemporaryFileException(error);
        }
    }
}

/// <summary>A temporary file cannot be made or written; the message names the folder.</summary>
public sealed class TemporaryFileException : IOException
{
    private const int NoSpace = 28, ReadOnly = 30, QuotaExceeded = 122; // errno of Linux

    /// <param name="cause">what the system says; its code is that of this exception, too</param>
    public TemporaryFileException(Exception cause)
        : base($"the folder for temporary files, {Path.GetTempPath()} (TMPDIR), {Problem(cause)}", cause) => HResult = cause.HResult;

    private static string Problem(Exception cause) => cause switch
    {
        { HResult: NoSpace or QuotaExceeded } => "has no space left",
        { HResult: ReadOnly } => "is read-only",
        _ when !Directory.Exists(Path.GetTempPath()) => "does not exist",
        UnauthorizedAccessException => "may not be written to",
        _ => $"cannot be written to: {cause.Message}",
    };
}

/// <summary>How many bytes spools may have together.</summary>
public interface ISpoolQuota
{
    /// <summary>Throws where there are not so many left.</summary>
    void Take(long bytes);

    void Release(long bytes);
}
