using VampNet.Model.Sampling;
using VampNet.Model.Tokens;

namespace VampNet.Services.Hosting.Scheduling;

/// <summary>Who goes first where not all can.</summary>
public enum JobPriority
{
    /// <summary>Somebody waits for it.</summary>
    Interactive,

    /// <summary>Nobody does: it gets what others leave.</summary>
    Batch,
}

/// <summary>One generation that waits for its next step, or makes it.</summary>
internal sealed class StepJob(TokenGeneration generation, JobPriority priority, long arrival, JobClock clock, Action<SamplingProgress> progress, CancellationToken cancellationToken) : IDisposable
{
    private readonly TaskCompletionSource<TokenGrid> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _cancelled;

    public Task<TokenGrid> Result => _result.Task;

    public JobPriority Priority => priority;

    /// <summary>Number in the order of arrival.</summary>
    public long Arrival => arrival;

    /// <summary>True once nobody waits for it: it is dropped before its next step.</summary>
    public bool IsAbandoned => _result.Task.IsCompleted;

    /// <summary>Set after a step failed in company: the next one is made alone, so that one job's trouble is not everybody's.</summary>
    public bool StepsAlone { get; set; }

    public DecodingState State => generation.Current!;

    /// <summary>Work that is left, in frames times steps.</summary>
    public long FrameStepsLeft => generation.FrameStepsLeft;

    /// <summary>Whoever waits hears of a cancellation at once; the job leaves at the next step.</summary>
    public void Watch() => _cancelled = cancellationToken.Register(() => _result.TrySetCanceled(cancellationToken));

    public void Chosen() => clock.Chosen();

    /// <returns>true if that was the last step</returns>
    public bool Stepped()
    {
        clock.Stepped();
        var step = generation.Stepped();
        if (!IsAbandoned)
            progress(step);
        return generation.Current is null;
    }

    public void Complete()
    {
        clock.Finished(generation.HiddenAtStart);
        _result.TrySetResult(generation.Tokens);
    }

    public void Fail(Exception error)
    {
        clock.Failed();
        _result.TrySetException(error);
    }

    /// <summary>It is dropped: nobody waits for it.</summary>
    public void CallOff() => clock.CalledOff();

    public void Dispose() => _cancelled.Dispose();
}
