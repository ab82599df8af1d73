using Grpc.Core;
using Polly;
using Polly.Retry;

namespace VampNet.Gateway.Stages.Replicas;

/// <summary>Repeats calls that failed for want of a replica: at once where there is another one, else after a while.</summary>
internal sealed class RetryPipeline
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100), MaxDelay = TimeSpan.FromSeconds(1);

    private static readonly ResiliencePropertyKey<Attempts> Key = new("attempts");

    private readonly ResiliencePipeline _pipeline;
    private readonly RetryThrottle _throttle;
    private readonly RetryOptions _options;

    public RetryPipeline(RetryOptions options, Random random, TimeProvider time, ILogger<RetryPipeline> logger)
    {
        (_options, _throttle) = (options, new RetryThrottle(options.Tokens));
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }.AddRetry(new RetryStrategyOptions
        {
            // How often is what Attempts says: it knows the budgets.
            MaxRetryAttempts = int.MaxValue,
            ShouldHandle = args => ValueTask.FromResult(Transience.IsTransient(args.Outcome.Exception, args.Context.CancellationToken) && Of(args.Context).MayRepeat()),
            DelayGenerator = args => ValueTask.FromResult<TimeSpan?>(Of(args.Context).HasOther ? TimeSpan.Zero : Delay(args.AttemptNumber, random)),
            OnRetry = args =>
            {
                ReplicaLog.Repeated(logger, Of(args.Context).Stage, args.AttemptNumber + 1, ((RpcException)args.Outcome.Exception!).Status.Detail);
                return default;
            },
        }).Build();
    }

    /// <summary>Calls replicas until one answers, or the budgets end; the last error comes out.</summary>
    /// <param name="steps">that the call will take</param>
    public async Task<TResult> RunAsync<TResult>(ReplicaSet replicas, RetryBudget budget, int steps, Func<ReplicaWork, Task<TResult>> call, CancellationToken cancellationToken)
    {
        var attempts = new Attempts(replicas, budget, _throttle, _options.PerCall);
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            context.Properties.Set(Key, attempts);
            var result = await _pipeline.ExecuteAsync(async c => await attempts.RunAsync(steps, call, c.CancellationToken), context);
            _throttle.Succeeded();
            return result;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static Attempts Of(ResilienceContext context) => context.Properties.GetValue(Key, null!);

    // Calls that failed together shall not come back together.
    private static TimeSpan Delay(int attempt, Random random) =>
        TimeSpan.FromTicks(Math.Min(FirstDelay.Ticks << Math.Min(attempt, 10), MaxDelay.Ticks)) * (0.5 + (0.5 * random.NextDouble()));
}
