using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Health;

namespace VampNet.Services.Hosting.Drain;

/// <summary>
/// The end of this process, as its calls see it. First it says that it no longer serves, while it takes calls as before: callers, caches of
/// names and load balancers hear of it only after a while. Then it refuses new calls, and those that run have their grace. Then they are
/// handed back.
/// </summary>
public sealed class DrainCoordinator : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _delayEnded, _graceEnded;
    private readonly HealthRegistry _health;
    private readonly TimeSpan _delay;
    private int _hasBegun;

    /// <summary>Waits for the process to be asked to end.</summary>
    public DrainCoordinator(IOptions<DrainOptions> options, HealthRegistry health, IHostApplicationLifetime lifetime, TimeProvider time)
    {
        (_health, _delay) = (health, TimeSpan.FromSeconds(options.Value.DelaySeconds));
        _delayEnded = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _graceEnded = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        GraceEnded = _graceEnded.Token;
        _delayEnded.Token.Register(() =>
        {
            health.End();
            _graceEnded.CancelAfter(TimeSpan.FromSeconds(options.Value.Seconds));
        });
        lifetime.ApplicationStopping.Register(Begin);
    }

    /// <summary>The process is about to end and takes no new calls any more.</summary>
    public bool RefusesCalls => _delayEnded.IsCancellationRequested;

    /// <summary>Calls that still run are to be handed back.</summary>
    public CancellationToken GraceEnded { get; }

    /// <summary>What a call is told that comes too late.</summary>
    public static RpcException Refused() => HandBack("this replica is about to end");

    /// <summary>What a call is told that still runs when the grace has ended.</summary>
    public static RpcException HandedBack() => HandBack("this replica ended before the call did");

    /// <summary>Keeps the host from closing its ports while the delay lasts.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        Begin();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_delayEnded.Token, cancellationToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        _delayEnded.Dispose();
        _graceEnded.Dispose();
    }

    private void Begin()
    {
        if (Interlocked.Exchange(ref _hasBegun, 1) != 0)
            return;
        _health.SetAllNotServing();
        if (_delay == TimeSpan.Zero)
            _delayEnded.Cancel();
        else
            _delayEnded.CancelAfter(_delay);
    }

    private static RpcException HandBack(string message) => RpcErrors.Retry(StatusCode.Unavailable, message, "DRAINING");
}

/// <summary>How a process ends (configuration section "Drain").</summary>
public sealed class DrainOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Drain";

    /// <summary>Between the end of the grace and the end of the process: for answers that are on their way.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long the process takes new calls after it was asked to end, in seconds, while it says that it does not serve: as long as it
    /// takes until all have heard of that, such as caches of names.
    /// </summary>
    public double DelaySeconds { get; set; }

    /// <summary>How long calls that run may go on after that, in seconds; then they are handed back.</summary>
    public double Seconds { get; set; } = 25;

    internal bool IsValid => DelaySeconds is >= 0 and <= 86_400 && Seconds is >= 0 and <= 86_400;

    internal TimeSpan Longest => TimeSpan.FromSeconds(DelaySeconds + Seconds) + Margin;
}
