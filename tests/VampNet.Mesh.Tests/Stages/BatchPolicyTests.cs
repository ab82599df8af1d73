using System.Diagnostics.Metrics;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.DependencyInjection;
using VampNet.Services.Hosting.Telemetry;
using VampNet.Services.Inference.Scheduling;
using VampNet.Services.Inference.Telemetry;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>Who goes first, by the policy alone: jobs that only count frames, and no clock.</summary>
public sealed class BatchPolicyTests : IDisposable
{
    private const int Window = 575;

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly List<StepJob<object>> _jobs = [];
    private long _arrivals;

    public void Dispose() => _services.Dispose();

    [Fact]
    public void One_tenant_fills_the_batch_in_the_order_of_arrival()
    {
        var jobs = Enumerable.Range(0, 6).Select(_ => Add("a", Window, steps: 9)).ToList();
        Assert.Equal(jobs[..4], new BatchPolicy(new SchedulingOptions()).Choose(_jobs));
    }

    [Fact]
    public void A_short_job_among_forty_long_ones_of_another_tenant_waits_as_long_as_it_takes_once_more()
    {
        var policy = new BatchPolicy(new SchedulingOptions());
        for (var i = 0; i < 40; i++)
            Add("abuser", Window, steps: 1000);
        for (var i = 0; i < 10; i++)
            Step(policy);
        const int Frames = 115, Steps = 12;
        var clip = Add("musician", Frames, Steps);
        var frames = 0L;
        while (_jobs.Contains(clip))
            frames += Step(policy).Sum(job => job.Work.Frames);
        // Its own, as many of the other's, and a window that was nearly due.
        Assert.InRange(frames, Frames * Steps, 2 * Frames * Steps + Window);
    }

    [Fact]
    public void Who_had_nothing_for_long_has_earned_nothing()
    {
        var policy = new BatchPolicy(new SchedulingOptions { MaxBatch = 1 });
        Add("a", 10, steps: 1000);
        for (var i = 0; i < 500; i++)
            Step(policy);
        Add("b", 10, steps: 1000);
        var next = Enumerable.Range(0, 100).Select(_ => Step(policy).Single().Tenant).ToList();
        Assert.InRange(next.Count(tenant => tenant == "b"), 49, 51);
    }

    [Fact]
    public void Who_leaves_and_comes_back_has_not_forgotten_what_it_had()
    {
        var policy = new BatchPolicy(new SchedulingOptions { MaxBatch = 1 });
        Add("a", 10, steps: 10_000);
        var steps = new List<string>();
        // One-step requests, one after the other as soon as the one before is done.
        while (steps.Count < 400)
        {
            if (_jobs.TrueForAll(job => job.Tenant != "b"))
                Add("b", 40, steps: 1);
            steps.Add(Step(policy).Single().Tenant);
        }
        Assert.InRange(steps.Count(tenant => tenant == "b"), 60, 100); // a fifth of the steps is half of the frames
    }

    [Fact]
    public void Weights_divide_the_device()
    {
        var policy = new BatchPolicy(new SchedulingOptions { Weights = new() { ["gold"] = 3 } });
        Add("gold", Window, steps: 10_000);
        Add("tin", Window, steps: 10_000);
        var steps = Enumerable.Range(0, 400).SelectMany(_ => Step(policy)).CountBy(job => job.Tenant).ToDictionary();
        Assert.Equal(3, (double)steps["gold"] / steps["tin"], 0.1);
    }

    [Fact]
    public void Batch_jobs_get_what_interactive_ones_leave()
    {
        var policy = new BatchPolicy(new SchedulingOptions());
        Add("a", Window, steps: 3, JobPriority.Batch);
        Add("a", 10, steps: 2);
        Add("b", 10, steps: 3);
        JobPriority[][] expected = [[0, 0], [0, 0], [0], [JobPriority.Batch], [JobPriority.Batch], [JobPriority.Batch]];
        Assert.Equal(expected, Enumerable.Range(0, 6).Select(_ => Step(policy).Select(job => job.Priority).ToArray()));
    }

    /// <summary>Where a step costs much the same whatever is in it, as on a GPU, it is filled.</summary>
    [Fact]
    public void Up_to_the_least_size_a_batch_is_filled_whoever_is_ahead()
    {
        var policy = new BatchPolicy(new SchedulingOptions { MinBatchFrames = 4 * Window });
        for (var i = 0; i < 9; i++)
            Add("a", Window, steps: 100);
        Add("b", 115, steps: 100);
        Add("a", Window, steps: 100, JobPriority.Batch);
        Step(policy);
        for (var i = 0; i < 9; i++)
            Assert.Equal([.. Enumerable.Repeat("a", 3), "b"], Step(policy).Select(job => job.Tenant).Order());
    }

    /// <summary>Whatever comes: batches keep their bounds, the shares of tenants that wait stay level, and every job ends.</summary>
    [Fact]
    public void Whatever_comes_is_bounded_fair_and_done()
    {
        var job = from tenant in Gen.Elements("a", "b", "c")
                  from frames in Gen.Choose(1, 900)
                  from steps in Gen.Choose(1, 12)
                  from priority in Gen.Elements(JobPriority.Interactive, JobPriority.Interactive, JobPriority.Batch)
                  from shape in Gen.Elements("x", "x", "y", null)
                  from wait in Gen.Choose(0, 3)
                  select (tenant, frames, steps, priority, shape, wait);
        Prop.ForAll(job.ListOf(40).ToArbitrary(), coming =>
        {
            _jobs.Clear();
            var options = new SchedulingOptions { MaxBatchFrames = 1000, MaxBatch = 5 };
            var policy = new BatchPolicy(options);
            var served = new Dictionary<string, long>();
            foreach (var (tenant, frames, steps, priority, shape, wait) in coming)
            {
                Add(tenant, frames, steps, priority, shape);
                for (var i = 0; i < wait && _jobs.Count > 0; i++)
                    Check(Step(policy), options);
            }
            // From here on nobody comes: those that wait all the time are served alike.
            while (_jobs.Count > 0)
            {
                var waiting = Tenants();
                var batch = Step(policy);
                Check(batch, options);
                foreach (var part in batch.Where(part => part.Priority == JobPriority.Interactive))
                    served[part.Tenant] = served.GetValueOrDefault(part.Tenant) + part.Work.Frames;
                if (waiting.SetEquals(Tenants()) && waiting.Count > 0)
                {
                    var shares = waiting.Select(tenant => served.GetValueOrDefault(tenant)).ToList();
                    Assert.InRange(shares.Max() - shares.Min(), 0, 3 * 1000);
                }
                else
                {
                    served.Clear();
                }
            }
        }).QuickCheckThrowOnFailure();

        HashSet<string> Tenants() => [.. _jobs.Where(j => j.Priority == JobPriority.Interactive).Select(j => j.Tenant)];
    }

    private static void Check(IReadOnlyList<StepJob<object>> batch, SchedulingOptions options)
    {
        Assert.InRange(batch.Count, 1, options.MaxBatch);
        Assert.Equal(batch.Count, batch.Distinct().Count());
        if (batch.Count == 1)
            return;
        Assert.InRange(batch.Sum(job => job.Work.Frames), 0, options.MaxBatchFrames);
        Assert.Single(batch.Select(job => job.Work.Shape).Distinct());
        Assert.NotNull(batch[0].Work.Shape);
    }

    private StepJob<object> Add(string tenant, int frames, int steps, JobPriority priority = 0, string? shape = "any")
    {
        var metrics = new JobMetrics(_services.GetRequiredService<IMeterFactory>(), new StageName("test"));
        var work = new CountedWork(frames, steps, shape);
        var job = new StepJob<object>(
            work, priority, tenant, _arrivals++, new JobClock(metrics, new WorkCounts(), TimeProvider.System, work.Operation), default);
        _jobs.Add(job);
        return job;
    }

    private IReadOnlyList<StepJob<object>> Step(BatchPolicy policy)
    {
        var batch = policy.Choose(_jobs);
        foreach (var job in batch.Where(job => job.Work.Stepped()))
            _jobs.Remove(job);
        return batch;
    }

    private sealed class CountedWork(int frames, int steps, string? shape) : StepWork<object>
    {
        private int _left = steps;

        public override string Operation => "count";

        public override int Frames => frames;

        public override object? Shape => shape;

        public override long FrameStepsLeft => (long)_left * frames;

        public override void Advance(object model, IReadOnlyList<StepWork<object>> batch) => throw new InvalidOperationException();

        public override bool Stepped() => --_left == 0;
    }
}
