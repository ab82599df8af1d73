using VampNet.Model.Sampling;
using VampNet.Model.Tokens;
using VampNet.Services.Hosting.Models;
using VampNet.Services.Hosting.Telemetry;

namespace VampNet.Services.Hosting.Scheduling;

/// <summary>
/// Step-level batching of one generator: at every sampling step, a batch is formed of the generations that are there,
/// one forward pass advances them all, those that are done leave and new ones come in. No generation depends on its
/// company (<see cref="ITokenGenerator.Advance"/>), so nobody but the clock can tell.
/// </summary>
internal sealed class StepScheduler(BatchPolicy policy, GenerationMetrics metrics, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<StepJob> _jobs = [];
    private readonly StepCost _cost = new();
    private long _arrivals;
    private bool _isRunning;

    /// <summary>Generations that wait for their next step or make it.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
                return _jobs.Count(job => !job.IsAbandoned);
        }
    }

    /// <param name="model">held until the generation ends</param>
    /// <param name="deadline">when whoever waits stops waiting</param>
    /// <param name="progress">called after every step</param>
    /// <exception cref="DeadlineTooShortException">the deadline would pass first, going by what steps cost lately</exception>
    public async Task<TokenGrid> RunAsync(ModelLease<ITokenGenerator> model, TokenGeneration generation, JobPriority priority, DateTime deadline, Action<SamplingProgress> progress, CancellationToken cancellationToken)
    {
        if (generation.Current is null)
            return generation.Tokens;
        using var job = Admit(model, generation, priority, deadline, progress, cancellationToken);
        job.Watch();
        return await job.Result;
    }

    private StepJob Admit(ModelLease<ITokenGenerator> model, TokenGeneration generation, JobPriority priority, DateTime deadline, Action<SamplingProgress> progress, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            // Batch jobs do not stand in the way of an interactive one.
            var ahead = _jobs.Where(j => j.Priority <= priority && !j.IsAbandoned).Sum(j => j.FrameStepsLeft);
            var estimate = _cost.Estimate(ahead + generation.FrameStepsLeft);
            if (deadline != DateTime.MaxValue && time.GetUtcNow().UtcDateTime + estimate > deadline)
                throw new DeadlineTooShortException(estimate);
            var job = new StepJob(generation, priority, _arrivals++, new JobClock(metrics, time), progress, cancellationToken);
            _jobs.Add(job);
            if (!_isRunning)
            {
                _isRunning = true;
                _ = Task.Run(() => StepAsync(model), CancellationToken.None);
            }
            return job;
        }
    }

    /// <summary>Step after step while there are jobs.</summary>
    private async Task StepAsync(ModelLease<ITokenGenerator> model)
    {
        // One that the request who brought it cannot end under the others.
        using var lease = model.Renew();
        while (Next() is { Count: > 0 } batch)
        {
            try
            {
                var frames = batch.Sum(job => job.State.Frames);
                var elapsed = await lease.StepAsync(generator =>
                {
                    var started = time.GetTimestamp();
                    generator.Advance([.. batch.Select(job => job.State)]);
                    return time.GetElapsedTime(started);
                });
                _cost.Add(frames, elapsed);
                metrics.BatchRan(batch.Count, frames, elapsed);
            }
            catch (Exception error)
            {
                Failed(batch, error);
                continue;
            }
            foreach (var job in batch.Where(job => job.Stepped()))
            {
                Remove(job);
                job.Complete();
            }
        }
    }

    /// <summary>The next batch; none ends the stepping.</summary>
    private IReadOnlyList<StepJob> Next()
    {
        lock (_lock)
        {
            foreach (var job in _jobs.FindAll(job => job.IsAbandoned))
            {
                job.CallOff();
                _jobs.Remove(job);
            }
            var batch = policy.Choose(_jobs);
            foreach (var job in batch)
                job.Chosen();
            _isRunning = batch.Count > 0;
            return batch;
        }
    }

    private void Failed(IReadOnlyList<StepJob> batch, Exception error)
    {
        foreach (var job in batch)
        {
            if (batch.Count > 1)
            {
                job.StepsAlone = true;
                continue;
            }
            Remove(job);
            job.Fail(error);
        }
    }

    private void Remove(StepJob job)
    {
        lock (_lock)
            _jobs.Remove(job);
    }
}
