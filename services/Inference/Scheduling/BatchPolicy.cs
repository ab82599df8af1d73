namespace VampNet.Services.Inference.Scheduling;

/// <summary>
/// Which jobs make their next step together. Tenants share a model by stride scheduling (Waldspurger and Weihl 1995): every step adds its
/// frames, divided by the tenant's weight, to the <em>pass</em> of its tenant, and the tenant with the lowest pass is the next. One policy
/// serves one scheduler.
/// </summary>
internal sealed class BatchPolicy(SchedulingOptions options)
{
    // Of tenants with jobs, and of those that are ahead of them: who goes and comes back has not forgotten what it had.
    private readonly Dictionary<(JobPriority, string), double> _passes = [];

    /// <summary>
    /// The next batch: interactive jobs before others; tenants by their pass; jobs of one tenant by their arrival. The first goes
    /// whatever it is. Others join it as far as they fit, in shape, in number and in frames, and while no tenant gets ahead of one that
    /// waits; <see cref="SchedulingOptions.MinBatchFrames"/> are filled whoever is ahead.
    /// </summary>
    /// <remarks>
    /// None starves: the job that leads a batch is its tenant's oldest, and a tenant gets nothing from a batch that does not take its
    /// oldest.
    /// </remarks>
    /// <param name="jobs">all that could make a step; none empties the policy's memory</param>
    public IReadOnlyList<StepJob<TModel>> Choose<TModel>(IEnumerable<StepJob<TModel>> jobs)
    {
        var queues = jobs.GroupBy(job => (job.Priority, job.Tenant))
            .Select(group => new TenantQueue<TModel>(group.Key, [.. group.OrderBy(job => job.Arrival)])).ToList();
        Enter([.. queues.Select(queue => queue.Key)]);
        var batch = new List<StepJob<TModel>>();
        var frames = 0L;
        foreach (var level in queues.GroupBy(queue => queue.Key.Priority).OrderBy(level => level.Key))
        {
            var waiting = level.ToList();
            while (batch.Count < options.MaxBatch && waiting.Count > 0)
            {
                var queue = waiting.MinBy(queue => (_passes[queue.Key], queue.Oldest))!;
                var fills = batch.Count == 0 || frames + queue.Next.Work.Frames <= options.MinBatchFrames;
                var isLevel = level.Key == batch.FirstOrDefault()?.Priority && _passes[queue.Key] <= level.Min(other => _passes[other.Key]);
                if (!fills && !isLevel)
                    break;
                if (batch.Count > 0 && !(Fit(batch[0], queue.Next) && frames + queue.Next.Work.Frames <= options.MaxBatchFrames))
                {
                    // Of the tenant that leads, younger jobs may still fit.
                    if (queue.Key != (batch[0].Priority, batch[0].Tenant) || !queue.MoveNext())
                        waiting.Remove(queue);
                    continue;
                }
                batch.Add(queue.Next);
                frames += queue.Next.Work.Frames;
                _passes[queue.Key] += queue.Next.Work.Frames / options.WeightOf(queue.Key.Tenant);
                if (!queue.MoveNext())
                    waiting.Remove(queue);
            }
        }
        return batch;
    }

    /// <summary>A tenant that comes starts level with those that are there: having had nothing earns nothing.</summary>
    private void Enter((JobPriority Priority, string Tenant)[] active)
    {
        foreach (var level in Enum.GetValues<JobPriority>())
        {
            var here = active.Where(key => key.Priority == level).ToHashSet();
            var known = here.Where(_passes.ContainsKey).ToList();
            var lowest = known.Count > 0 ? known.Min(key => _passes[key]) : 0;
            foreach (var key in here)
                _passes[key] = Math.Max(_passes.GetValueOrDefault(key), lowest);
            foreach (var gone in _passes.Keys.Where(key => key.Item1 == level && !here.Contains(key)).ToList())
            {
                if (here.Count == 0 || _passes[gone] <= lowest)
                    _passes.Remove(gone);
            }
        }
    }

    private static bool Fit<TModel>(StepJob<TModel> first, StepJob<TModel> other) =>
        !first.RunsAlone && !other.RunsAlone
        && first.Work.Shape is { } shape && shape.Equals(other.Work.Shape)
        && first.Work.Operation == other.Work.Operation;

    /// <summary>The jobs of one tenant, from the oldest.</summary>
    private sealed class TenantQueue<TModel>((JobPriority Priority, string Tenant) key, List<StepJob<TModel>> jobs)
    {
        private int _next;

        public (JobPriority Priority, string Tenant) Key => key;

        public long Oldest => jobs[0].Arrival;

        public StepJob<TModel> Next => jobs[_next];

        public bool MoveNext() => ++_next < jobs.Count;
    }
}

/// <summary>How the work of a model shares its device (configuration section "Scheduling").</summary>
public sealed class SchedulingOptions
{
    public const string Section = "Scheduling";

    /// <summary>Most frames in one step of a batch, all jobs together: what bounds its memory. A single job may have more.</summary>
    public int MaxBatchFrames { get; set; } = 4 * 575;

    /// <summary>
    /// Up to so many frames a batch is filled even with jobs of tenants that had more than their share. On a processor, where time grows
    /// with frames, 0 keeps every tenant's steps short; where a step costs much the same up to some size, this is that size.
    /// </summary>
    public int MinBatchFrames { get; set; }

    /// <summary>Most jobs in a batch; 1 = one at a time.</summary>
    public int MaxBatch { get; set; } = 32;

    /// <summary>Shares of the device by tenant; one that is not named has 1.</summary>
    public Dictionary<string, double> Weights { get; init; } = [];

    /// <summary>The share of a tenant.</summary>
    public double WeightOf(string tenant) => Weights.GetValueOrDefault(tenant, 1);
}
