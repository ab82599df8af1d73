using System.Net.Sockets;
using System.Runtime.InteropServices;
using Grpc.Core;
using VampNet.Audio;

namespace VampNet.Services.Hosting.Errors;

/// <summary>What a process can run out of. None of it is the fault of the request that met it, and all of it may be over soon.</summary>
/// <param name="Reason">The reason for programs, in capitals.</param>
/// <param name="Message">The message for those who run the server; it names the folder where it is one.</param>
public sealed record ResourceShortage(string Reason, string Message)
{
    /// <summary>The message for callers, who are told nothing of the server's files.</summary>
    public string PublicMessage => Reason switch
    {
        "OUT_OF_SPACE" => "the server has no room for temporary files; its log says more",
        "OUT_OF_FILES" => "the server has too many open files",
        _ => "the server has no memory left for this",
    };

    // errno of Linux, which .NET gives as the HResult of an IOException.
    private const int OutOfMemory = 12, TooManyFilesInSystem = 23, TooManyFiles = 24, NoSpace = 28, QuotaExceeded = 122;

    /// <summary>What libtorch says of memory that it did not get, on a processor and on a GPU.</summary>
    private static readonly string[] s_ofAllocators = ["can't allocate memory", "not enough memory", "out of memory"];

    /// <summary>The shortage that an exception, or what caused it, tells of; null where it tells of none.</summary>
    public static ResourceShortage? Of(Exception? error)
    {
        for (; error is not null; error = Cause(error))
        {
            if (Kind(error) is { } reason)
                return new ResourceShortage(reason, error.Message);
        }
        return null;
    }

    private static Exception? Cause(Exception error) => error is RpcException rpc ? rpc.Status.DebugException : error.InnerException;

    private static string? Kind(Exception error) => error switch
    {
        TemporaryFileException { HResult: not (TooManyFiles or TooManyFilesInSystem) } => "OUT_OF_SPACE",
        IOException { HResult: NoSpace or QuotaExceeded } => "OUT_OF_SPACE",
        IOException { HResult: TooManyFiles or TooManyFilesInSystem } => "OUT_OF_FILES",
        SocketException { SocketErrorCode: SocketError.TooManyOpenSockets } => "OUT_OF_FILES",
        IOException { HResult: OutOfMemory } or OutOfMemoryException => "OUT_OF_MEMORY",
        ExternalException when s_ofAllocators.Any(text => error.Message.Contains(text, StringComparison.OrdinalIgnoreCase)) =>
            "OUT_OF_MEMORY",
        _ => null,
    };
}
