namespace VampNet.Services.Inference.Scheduling;

/// <summary>Who goes first where not all can.</summary>
public enum JobPriority
{
    /// <summary>Somebody waits for it.</summary>
    Interactive,

    /// <summary>Nobody does: it gets what others leave.</summary>
    Batch,
}

/// <summary>Work that waits for its next step, or makes it.</summary>
internal sealed class StepJob<TModel>(
    StepWork<TModel> work, JobPriority priority, string tenant, long arrival, JobClock clock, CancellationToken cancellationToken)
    : IDisposable
{
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _cancelled;

    /// <summary>Ends when all steps were made, or when whoever waits has gone.</summary>
    public Task End => _end.Task;

    public StepWork<TModel> Work => work;

    public JobPriority Priority => priority;

    /// <summary>On whose behalf; empty where nobody is named.</summary>
    public string Tenant => tenant;

    /// <summary>Number in the order of arrival.</summary>
    public long Arrival => arrival;

    /// <summary>True once nobody waits for it: it is dropped before its next step.</summary>
    public bool IsAbandoned => _end.Task.IsCompleted;

    /// <summary>Set after a step failed in a batch: the next one is made alone, so that one job's trouble is not everybody's.</summary>
    public bool RunsAlone { get; set; }

    /// <summary>Whoever waits hears of a cancellation at once; the job leaves at the next step.</summary>
    public void Watch() => _cancelled = cancellationToken.Register(() => _end.TrySetCanceled(cancellationToken));

    public void OnScheduled() => clock.OnScheduled();

    /// <returns>true if that was the last step</returns>
    public bool Stepped()
    {
        clock.Stepped();
        return work.Stepped();
    }

    public void Complete()
    {
        work.Finished(clock.Finished());
        _end.TrySetResult();
    }

    public void Fail(Exception error)
    {
        clock.Failed();
        _end.TrySetException(error);
    }

    /// <summary>It is dropped: nobody waits for it.</summary>
    public void Cancel() => clock.Cancelled();

    public void Dispose() => _cancelled.Dispose();
}
