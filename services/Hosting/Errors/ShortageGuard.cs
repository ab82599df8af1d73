using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VampNet.Audio;

namespace VampNet.Services.Hosting.Errors;

/// <summary>What a server says when it has run out of something.</summary>
/// <param name="Code">UNAVAILABLE: another replica can do it. RESOURCE_EXHAUSTED: nobody else is asked.</param>
/// <param name="StopsServing">True: nothing of the server serves until the shortage is over.</param>
public sealed record ShortagePolicy(StatusCode Code, bool StopsServing)
{
    /// <summary>Of a stage, which has replicas.</summary>
    public static ShortagePolicy Stage { get; } = new(StatusCode.Unavailable, StopsServing: true);

    /// <summary>Of the gateway, which its clients called, and much of whose work needs no disk.</summary>
    public static ShortagePolicy Gateway { get; } = new(StatusCode.ResourceExhausted, StopsServing: false);
}

/// <summary>
/// Says at the start whether temporary files can be written; and takes a server that has run out of something out of service until it is
/// tried, once a second, with success.
/// </summary>
internal sealed class ShortageGuard(
    ShortagePolicy policy, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ShortageGuard> logger) : IHostedService
{
    private const int TriedBytes = 1 << 20, TriedFiles = 16;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private int _isShort;

    /// <summary>Nothing of the server serves (true), or what did does again.</summary>
    public event Action<bool>? Changed;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (Try() is { } shortage)
            ShortageLog.AtStart(logger, shortage.Message);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A call has met a shortage; returns what its caller is told.</summary>
    public RpcException Refuse(ResourceShortage shortage)
    {
        if (Interlocked.Exchange(ref _isShort, 1) == 0)
            _ = RecoverAsync(shortage);
        return RpcErrors.Retry(policy.Code, shortage.PublicMessage, shortage.Reason, Period);
    }

    private async Task RecoverAsync(ResourceShortage shortage)
    {
        ShortageLog.Begun(logger, shortage.Reason, shortage.Message);
        Changed?.Invoke(policy.StopsServing);
        do
            await Task.Delay(Period, time, lifetime.ApplicationStopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!lifetime.ApplicationStopping.IsCancellationRequested && Try() is not null);
        Changed?.Invoke(false);
        Volatile.Write(ref _isShort, 0);
        ShortageLog.Ended(logger, shortage.Reason);
    }

    /// <summary>
    /// Writes a temporary file and opens some files. Memory is not tried, which could end the process: it is free with time.
    /// </summary>
    private static ResourceShortage? Try()
    {
        var open = new List<IDisposable>();
        try
        {
            using var spool = new SpoolStream();
            spool.Write(new byte[TriedBytes]);
            for (var i = 0; i < TriedFiles; i++)
                open.Add(File.OpenHandle("/dev/null"));
            return null;
        }
        catch (IOException error)
        {
            return ResourceShortage.Of(error) ?? new ResourceShortage("", error.Message);
        }
        finally
        {
            open.ForEach(file => file.Dispose());
        }
    }
}

internal static partial class ShortageLog
{
    [LoggerMessage(1, LogLevel.Error, "{Message}: whatever needs temporary files will fail")]
    public static partial void AtStart(ILogger logger, string message);

    [LoggerMessage(2, LogLevel.Error, "{Reason}: {Message}")]
    public static partial void Begun(ILogger logger, string reason, string message);

    [LoggerMessage(3, LogLevel.Information, "{Reason} is over")]
    public static partial void Ended(ILogger logger, string reason);
}
