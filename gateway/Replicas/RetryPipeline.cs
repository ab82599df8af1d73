using Google.Rpc;
using Grpc.Core;
using Polly;
using Polly.Hedging;
using Polly.Retry;
using VampNet.Gateway.Telemetry;
using VampNet.Services.Hosting.Calls;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.Replicas;

/// <summary>
/// Repeats calls that failed for want of a replica: at once where there is another one, else after a while; and waits for
/// a permit where all replicas are full, until the call is cancelled. Where hedging is on, a call that takes long is made
/// twice.
/// </summary>
/// <remarks>
/// Waiting needs no budget: a full stage refuses when a call begins, which costs it next to nothing, and says itself when to come
/// back; a request waits with so many calls at most (<c>WindowScheduler</c>), and the gateway's own admission
/// bounds how many requests there are. Nor does it say anything against the replica.
/// </remarks>
internal sealed class RetryPipeline
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100), MaxDelay = TimeSpan.FromSeconds(1);

    private static readonly ResiliencePropertyKey<Attempts> Key = new("attempts");

    private readonly ResiliencePipeline<object?> _pipeline;
    private readonly RetryThrottle _throttle;
    private readonly RetryOptions _options;

    public RetryPipeline(RetryOptions options, Random random, TimeProvider time, GatewayMetrics metrics, ILogger<RetryPipeline> logger)
    {
        (_options, _throttle) = (options, new RetryThrottle(options.Tokens));
        var pipeline = new ResiliencePipelineBuilder<object?> { TimeProvider = time }.AddRetry(new RetryStrategyOptions<object?>
        {
            // How often is what Attempts says: it knows the budgets.
            MaxRetryAttempts = int.MaxValue,
            ShouldHandle = args => ValueTask.FromResult(ShouldRepeat(args.Outcome.Exception, args.Context)),
            DelayGenerator = args => ValueTask.FromResult<TimeSpan?>(Delay(Of(args.Context), random)),
            OnRetry = args =>
            {
                var (stage, error) = (Of(args.Context).Stage, (RpcException)args.Outcome.Exception!);
                if (RetryClassifier.RetryDelay(error) is null)
                    ReplicaLog.Repeated(logger, stage, Of(args.Context).Losses, error.Status.Detail);
                else
                    metrics.PutOff(stage);
                return default;
            },
        });
        if (options.HedgeAfterSeconds is { } seconds)
            pipeline.AddHedging(Hedging(TimeSpan.FromSeconds(seconds), metrics));
        _pipeline = pipeline.Build();
    }

    /// <summary>Calls replicas until one answers, or the budgets end; the last error comes out.</summary>
    /// <param name="steps">that the call will take</param>
    public async Task<TResult> RunAsync<TResult>(
        ReplicaSet replicas, RetryBudget budget, int steps, Func<ReplicaWork, CancellationToken, Task<TResult>> call,
        CancellationToken cancellationToken)
    {
        var attempts = new Attempts(replicas, budget, _throttle, _options.PerCall);
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            context.Properties.Set(Key, attempts);
            var result = await _pipeline.ExecuteAsync(
                async c => (object?)await attempts.RunAsync(steps, call, c.CancellationToken), context);
            _throttle.Succeeded();
            return (TResult)result!;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>One more attempt beside the one that takes long; a failure does not win against one that still runs.</summary>
    private static HedgingStrategyOptions<object?> Hedging(TimeSpan after, GatewayMetrics metrics) => new()
    {
        MaxHedgedAttempts = 1,
        Delay = after,
        ShouldHandle = args => ValueTask.FromResult(
            RetryClassifier.RetryDelay(args.Outcome.Exception) is not null
            || RetryClassifier.HasOtherWeights(args.Outcome.Exception)
            || RetryClassifier.IsTransient(args.Outcome.Exception, args.Context.CancellationToken)),
        ActionGenerator = args =>
        {
            if (!Of(args.PrimaryContext).MayHedge())
                return null;
            metrics.Hedged(Of(args.PrimaryContext).Stage);
            return () => args.Callback(args.ActionContext);
        },
    };

    private static Attempts Of(ResilienceContext context) => context.Properties.GetValue(Key, null!);

    private static bool ShouldRepeat(Exception? error, ResilienceContext context)
    {
        if (RetryClassifier.RetryDelay(error) is not null)
            return !context.CancellationToken.IsCancellationRequested;
        if (RetryClassifier.HasOtherWeights(error))
            return Of(context).HasOtherNowOrLater && !context.CancellationToken.IsCancellationRequested;
        return RetryClassifier.IsTransient(error, context.CancellationToken) && Of(context).MayRepeat();
    }

    private static TimeSpan Delay(Attempts attempts, Random random)
    {
        if (attempts.HasOther)
            return TimeSpan.Zero;
        // Calls that failed together shall not come back together, and none before the stage said.
        return attempts.RetryDelay() is { } after
            ? after * (1 + (0.5 * random.NextDouble()))
            : TimeSpan.FromTicks(
                Math.Min(FirstDelay.Ticks << Math.Min(attempts.Losses - 1, 10), MaxDelay.Ticks)) * (0.5 + (0.5 * random.NextDouble()));
    }
}

/// <summary>Which errors of a replica are worth another attempt: elsewhere, or later.</summary>
internal static class RetryClassifier
{
    // What a stage asks for is bounded, whatever it asks for: never at once, and never so late that its permit stays unused.
    private const double Shortest = 0.01, Longest = 30; // seconds

    /// <summary>
    /// RESOURCE_EXHAUSTED, but only where it gives the reason and the time: gRPC itself says so too of a message that is too
    /// large, and that stays too large.
    /// </summary>
    /// <returns>when to come back; null where the error says something else</returns>
    public static TimeSpan? RetryDelay(Exception? error)
    {
        if (error is not RpcException { StatusCode: StatusCode.ResourceExhausted } full || full.Reason() is null)
            return null;
        var delay = full.GetDetail<RetryInfo>()?.RetryDelay;
        return delay is null ? null : TimeSpan.FromSeconds(Math.Clamp(delay.Seconds + (delay.Nanos * 1e-9), Shortest, Longest));
    }

    /// <summary>The replica has other weights than the request was begun with: another may have them, and nothing is lost.</summary>
    public static bool HasOtherWeights(Exception? error) =>
        error is RpcException { StatusCode: StatusCode.Aborted } other && other.Reason() == ExpectedWeights.Changed;

    /// <summary>
    /// UNAVAILABLE, from the stage or for want of a connection; and a connection that broke off in the middle of a call,
    /// which has other codes too. What comes after the request was cancelled says nothing about the replica, nor does
    /// what this gateway lacks.
    /// </summary>
    public static bool IsTransient(Exception? error, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && error is RpcException rpc
            && ResourceShortage.Of(rpc) is null
            && (rpc.StatusCode == StatusCode.Unavailable || rpc.Status.DebugException is HttpRequestException or IOException);
}
