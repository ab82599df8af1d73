using Microsoft.Extensions.Logging;

namespace VampNet.Services.Hosting.Security;

/// <summary>What small files say, read again when they change: certificates, keys, lists of who may come in.</summary>
/// <remarks>
/// The bytes are compared, not the time of a file: Kubernetes replaces a folder that a link leads to, and the link keeps its own time.
/// While files cannot be used, such as a certificate whose key is not there yet, what they said before goes on.
/// </remarks>
public sealed class ReloadedFiles<T>
{
    /// <summary>How long a change may go unnoticed.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly string[] _paths;
    private readonly Func<byte[][], T> _read;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private byte[][] _bytes;
    private T _value;
    private long _looked;

    /// <param name="paths">The files.</param>
    /// <param name="read">Makes something of the bytes of each file, in the order of <paramref name="paths"/>.</param>
    /// <param name="time">The clock that says when to look again.</param>
    /// <param name="logger">Hears of files that have changed, and of those that cannot be used.</param>
    /// <exception cref="InvalidOperationException">the files cannot be used; nothing was read from them before</exception>
    public ReloadedFiles(IEnumerable<string> paths, Func<byte[][], T> read, TimeProvider time, ILogger logger)
    {
        (_paths, _read, _time, _logger) = ([.. paths], read, time, logger);
        try
        {
            _bytes = Bytes();
            _value = read(_bytes);
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"{Names} cannot be used: {error.Message}", error);
        }
        _looked = time.GetTimestamp();
    }

    /// <summary>What the files say now, or said when they could be used last.</summary>
    public T Value
    {
        get
        {
            lock (_lock)
            {
                if (_time.GetElapsedTime(_looked) >= Period)
                    Look();
                return _value;
            }
        }
    }

    private string Names => string.Join(" and ", _paths);

    private void Look()
    {
        _looked = _time.GetTimestamp();
        try
        {
            var bytes = Bytes();
            if (bytes.Zip(_bytes).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second)))
                return;
            _value = _read(bytes);
            _bytes = bytes;
            ReloadLog.Reloaded(_logger, Names);
        }
        // Whatever a reader says of bytes that it cannot use: a server that runs goes on.
        catch (Exception error)
        {
            ReloadLog.NotReloaded(_logger, Names, error.Message);
        }
    }

    private byte[][] Bytes() => [.. _paths.Select(File.ReadAllBytes)];
}

internal static partial class ReloadLog
{
    [LoggerMessage(1, LogLevel.Information, "{Files} changed and are used from now on")]
    public static partial void Reloaded(ILogger logger, string files);

    [LoggerMessage(2, LogLevel.Error, "{Files} cannot be used, what they said before goes on: {Message}")]
    public static partial void NotReloaded(ILogger logger, string files, string message);
}
