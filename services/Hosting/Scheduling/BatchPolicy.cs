namespace VampNet.Services.Hosting.Scheduling;

/// <summary>Which jobs make their next step together.</summary>
internal sealed class BatchPolicy(SchedulingOptions options)
{
    /// <summary>
    /// Interactive jobs before others, older ones before younger ones, as many as fit. The first always goes, however
    /// long it is, so that none starves for its length; a job that must be alone waits for its turn to be first.
    /// </summary>
    public IReadOnlyList<StepJob> Choose(IEnumerable<StepJob> jobs)
    {
        var batch = new List<StepJob>();
        var frames = 0;
        foreach (var job in jobs.OrderBy(j => j.Priority).ThenBy(j => j.Arrival))
        {
            if (batch.Count > 0 && (job.StepsAlone || frames + job.State.Frames > options.MaxBatchFrames))
                continue;
            batch.Add(job);
            frames += job.State.Frames;
            if (job.StepsAlone || batch.Count == options.MaxBatch)
                break;
        }
        return batch;
    }
}
