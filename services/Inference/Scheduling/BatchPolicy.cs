namespace VampNet.Services.Inference.Scheduling;

/// <summary>Which jobs make their next step together.</summary>
internal sealed class BatchPolicy(SchedulingOptions options)
{
    /// <summary>
    /// Interactive jobs before others, older ones before younger ones, as many as fit: in shape, in number and in frames.
    /// The first always goes, whatever it is, so that none starves; a job that must be alone waits for its turn to be first.
    /// </summary>
    public IReadOnlyList<StepJob<TModel>> Choose<TModel>(IEnumerable<StepJob<TModel>> jobs)
    {
        var batch = new List<StepJob<TModel>>();
        var frames = 0L;
        foreach (var job in jobs.OrderBy(j => j.Priority).ThenBy(j => j.Arrival))
        {
            if (batch.Count > 0 && !(Fit(batch[0], job) && frames + job.Work.Frames <= options.MaxBatchFrames))
                continue;
            batch.Add(job);
            frames += job.Work.Frames;
            if (batch.Count == options.MaxBatch)
                break;
        }
        return batch;
    }

    private static bool Fit<TModel>(StepJob<TModel> first, StepJob<TModel> other) =>
        !first.RunsAlone && !other.RunsAlone
        && first.Work.Shape is { } shape && shape.Equals(other.Work.Shape)
        && first.Work.Operation == other.Work.Operation;
}

/// <summary>How the work of a model shares its device (configuration section "Scheduling").</summary>
public sealed class SchedulingOptions
{
    public const string Section = "Scheduling";

    /// <summary>Most frames in one step of a batch, all jobs together: what bounds its memory. A single job may have more.</summary>
    public int MaxBatchFrames { get; set; } = 4 * 575;

    /// <summary>Most jobs in a batch; 1 = one at a time.</summary>
    public int MaxBatch { get; set; } = 32;
}
