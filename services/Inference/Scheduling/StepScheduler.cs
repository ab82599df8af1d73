using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using VampNet.Model.Compute;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Inference.Telemetry;

namespace VampNet.Services.Inference.Scheduling;

/// <summary>A loaded model that stays alive while somebody holds it.</summary>
internal interface IHeldModel<out TModel>
    where TModel : class
{
    TModel Value { get; }

    /// <summary>Only for those who know that it is held already.</summary>
    void Hold();

    void Release();
}

/// <summary>
/// Step-level batching of one model: before every step, a batch is formed of the jobs that are there, one call of the model
/// advances them all, those that are done leave and new ones come in. No job depends on the others of its batch, so nobody but the clock
/// can tell. Between two steps the device is free for the other models that share it.
/// </summary>
internal sealed class StepScheduler<TModel>(
    IHeldModel<TModel> model, IDevice device, SchedulingOptions options, JobMetrics jobs, ComputeMetrics compute, TimeProvider time)
    where TModel : class
{
    private readonly BatchPolicy _policy = new(options);
    private readonly Lock _lock = new();
    private readonly List<StepJob<TModel>> _jobs = [];
    private readonly StepCost _cost = new();
    private long _arrivals;
    private bool _isRunning;

    /// <summary>What it has done.</summary>
    public WorkCounts Counts { get; } = new();

    /// <summary>Jobs that wait for their next step or make it.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
                return _jobs.Count(job => !job.IsAbandoned);
        }
    }

    /// <summary>Refuses what a deadline leaves no time for, going by what steps cost lately and by what waits now.</summary>
    /// <param name="frameSteps">all of the work, in frames times steps</param>
    /// <param name="tenant">whose work it is</param>
    /// <param name="deadline">when whoever waits stops waiting</param>
    /// <exception cref="DeadlineTooShortException">the deadline would pass first</exception>
    public void Check(string operation, long frameSteps, JobPriority priority, string tenant, DateTime deadline)
    {
        if (deadline == DateTime.MaxValue)
            return;
        var estimate = _cost.Estimate(operation, frameSteps);
        lock (_lock)
        {
            // Batch jobs do not stand in the way of an interactive one.
            var before = _jobs.Where(job => job.Priority <= priority && !job.IsAbandoned).ToLookup(job => job.Tenant, CostOf);
            estimate += Sum(before[tenant]);
            // Another tenant takes its share of the time meanwhile, or less if it has less to do.
            var own = estimate / options.WeightOf(tenant);
            foreach (var other in before.Where(other => other.Key != tenant))
                estimate += TimeSpan.FromTicks(Math.Min(Sum(other).Ticks, (own * options.WeightOf(other.Key)).Ticks));
        }
        if (time.GetUtcNow().UtcDateTime + estimate > deadline)
            throw new DeadlineTooShortException(estimate);
    }

    private TimeSpan CostOf(StepJob<TModel> job) => _cost.Estimate(job.Work.Operation, job.Work.FrameStepsLeft);

    private static TimeSpan Sum(IEnumerable<TimeSpan> costs) => costs.Aggregate(TimeSpan.Zero, (sum, cost) => sum + cost);

    /// <summary>Ends when all steps of the work were made.</summary>
    public async Task RunAsync(StepWork<TModel> work, JobPriority priority, string tenant, CancellationToken cancellationToken)
    {
        using var job = Admit(work, priority, tenant, cancellationToken);
        job.Watch();
        await job.End;
    }

    private StepJob<TModel> Admit(StepWork<TModel> work, JobPriority priority, string tenant, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var job = new StepJob<TModel>(
                work, priority, tenant, _arrivals++, new JobClock(jobs, Counts, time, work.Operation), cancellationToken);
            _jobs.Add(job);
            if (!_isRunning)
            {
                _isRunning = true;
                model.Hold(); // the request that brought this job cannot end the model under the others
                using (ExecutionContext.SuppressFlow()) // nor are their steps in its trace
                    _ = Task.Run(StepAsync, CancellationToken.None);
            }
            return job;
        }
    }

    /// <summary>Step after step while there are jobs.</summary>
    private async Task StepAsync()
    {
        try
        {
            while (Next() is { Count: > 0 } batch)
                await StepAsync(batch);
        }
        finally
        {
            model.Release();
        }
    }

    private async Task StepAsync(IReadOnlyList<StepJob<TModel>> batch)
    {
        var works = batch.Select(job => job.Work).ToList();
        var (operation, frames) = (works[0].Operation, works.Sum(work => (long)work.Frames));
        try
        {
            var elapsed = await RunAsync(works);
            _cost.Add(operation, frames, elapsed);
            jobs.BatchRan(operation, batch.Count, frames);
            Counts.BatchRan(operation, batch.Count, elapsed);
        }
        catch (Exception error)
        {
            Failed(batch, error);
            return;
        }
        foreach (var job in batch.Where(job => job.Stepped()))
        {
            Remove(job);
            job.Complete();
        }
    }

    /// <returns>how long the batch had the device</returns>
    private Task<TimeSpan> RunAsync(List<StepWork<TModel>> batch)
    {
        var call = compute.Queue(batch[0].Operation, time);
        return device.RunAsync(() => call.Run(() => batch[0].Advance(model.Value, batch)));
    }

    /// <summary>The next batch; none ends the stepping.</summary>
    private IReadOnlyList<StepJob<TModel>> Next()
    {
        lock (_lock)
        {
            foreach (var job in _jobs.FindAll(job => job.IsAbandoned))
            {
                job.Cancel();
                _jobs.Remove(job);
            }
            var batch = _policy.Choose(_jobs);
            foreach (var job in batch)
                job.OnScheduled();
            _isRunning = batch.Count > 0;
            return batch;
        }
    }

    private void Failed(IReadOnlyList<StepJob<TModel>> batch, Exception error)
    {
        foreach (var job in batch)
        {
            if (batch.Count > 1)
            {
                job.RunsAlone = true;
                continue;
            }
            Remove(job);
            job.Fail(error);
        }
    }

    private void Remove(StepJob<TModel> job)
    {
        lock (_lock)
            _jobs.Remove(job);
    }
}

/// <summary>What a frame costs a step of each operation, as it turned out lately: running means of seconds.</summary>
internal sealed class StepCost
{
    // Of the newest batch in the mean: about the last ten count.
    private const double Share = 0.1;

    private readonly ConcurrentDictionary<string, double> _secondsPerFrame = [];

    public void Add(string operation, long frames, TimeSpan elapsed)
    {
        var seconds = elapsed.TotalSeconds / frames;
        _secondsPerFrame.AddOrUpdate(operation, seconds, (_, mean) => mean + Share * (seconds - mean));
    }

    /// <summary>How long work will take; zero while nothing is known.</summary>
    public TimeSpan Estimate(string operation, long frameSteps) =>
        TimeSpan.FromSeconds(frameSteps * _secondsPerFrame.GetValueOrDefault(operation));
}

/// <summary>Makes the schedulers of a stage, one a loaded model: two versions of a model never share a batch.</summary>
public sealed class StepSchedulers(IOptions<SchedulingOptions> options, JobMetrics jobs, ComputeMetrics compute, TimeProvider time)
{
    internal StepScheduler<TModel> Of<TModel>(IHeldModel<TModel> model, IDevice device)
        where TModel : class =>
        new(model, device, options.Value, jobs, compute, time);
}
