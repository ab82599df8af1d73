using VampNet.Audio;

namespace VampNet.Cli.Output;

/// <summary>Standard input and output where a command names files.</summary>
internal static class StandardStreams
{
    public const string Name = "-";

    public static bool IsOutput(string path) => path is Name or "/dev/stdout" or "/dev/fd/1" or "/proc/self/fd/1";

    /// <summary>Whether what is written there goes on at once, instead of becoming a file.</summary>
    public static bool IsStream(string path) => IsOutput(path) || IsDevice(path) || FileStatus.Of(path) is { IsRegular: false };

    /// <summary>Whether a path is in a folder where the system has its devices; no file is made there.</summary>
    private static bool IsDevice(string path)
    {
        var full = Path.GetFullPath(path);
        return (full.StartsWith("/dev/", StringComparison.Ordinal) && !full.StartsWith("/dev/shm/", StringComparison.Ordinal))
            || full.StartsWith("/proc/", StringComparison.Ordinal);
    }

    /// <summary>Standard output for bytes alone: from now on, what is said goes to the error stream.</summary>
    public static Stream OpenOutput()
    {
        Facts.LeaveOutput();
        return Console.OpenStandardOutput();
    }

    /// <summary>Opens an input, as a stream that can seek: what comes through a pipe is first read to its end.</summary>
    /// <exception cref="BadInputException">there is no such file</exception>
    public static async Task<Stream> OpenInputAsync(string path, CancellationToken cancellationToken)
    {
        if (path != Name)
            Requirements.HasFile(path);
        // A pipe opens once somebody writes to it.
        var open = Task.Run(() => path == Name ? Console.OpenStandardInput() : File.OpenRead(path), cancellationToken);
        var stream = await open.WaitAsync(cancellationToken);
        if (stream.CanSeek)
            return stream;
        await using (stream)
        {
            var spool = new SpoolStream(AudioLimits.Default.MaxSpooledBytes);
            await Task.Run(() => stream.CopyTo(spool), cancellationToken).WaitAsync(cancellationToken);
            spool.Position = 0;
            return spool;
        }
    }
}
