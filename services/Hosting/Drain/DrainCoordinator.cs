using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Services.Hosting.Drain;

/// <summary>The end of this process, as its calls see it.</summary>
public sealed class DrainCoordinator : IDisposable
{
    private readonly CancellationTokenSource _graceEnded;
    private readonly CancellationToken _stopping;

    /// <summary>Waits for the process to be asked to end.</summary>
    public DrainCoordinator(IOptions<DrainOptions> options, IHostApplicationLifetime lifetime, TimeProvider time)
    {
        _graceEnded = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        GraceEnded = _graceEnded.Token;
        _stopping = lifetime.ApplicationStopping;
        _stopping.Register(() => _graceEnded.CancelAfter(TimeSpan.FromSeconds(options.Value.Seconds)));
    }

    /// <summary>The process was asked to end: it takes no new calls.</summary>
    public bool HasBegun => _stopping.IsCancellationRequested;

    /// <summary>Calls that still run are to be handed back.</summary>
    public CancellationToken GraceEnded { get; }

    /// <summary>What a call is told that comes when the end has begun.</summary>
    public static RpcException Refused() => HandBack("this replica is about to end");

    /// <summary>What a call is told that still runs when the grace has ended.</summary>
    public static RpcException HandedBack() => HandBack("this replica ended before the call did");

    /// <inheritdoc/>
    public void Dispose() => _graceEnded.Dispose();

    private static RpcException HandBack(string message) => RpcErrors.Retry(StatusCode.Unavailable, message, "DRAINING");
}

/// <summary>How a process ends (configuration section "Drain").</summary>
public sealed class DrainOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Drain";

    /// <summary>Between the end of the grace and the end of the process: for answers that are on their way.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    /// <summary>How long calls that run may go on when the process is asked to end, in seconds; then they are handed back.</summary>
    public double Seconds { get; set; } = 25;
}
