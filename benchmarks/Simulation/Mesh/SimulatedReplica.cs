using Grpc.Core;
using Microsoft.Extensions.Options;
using VampNet.Model.Compute;
using VampNet.Services.Hosting.Admission;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Health;
using VampNet.Services.Hosting.Telemetry;
using VampNet.Services.Inference.Scheduling;
using VampNet.Services.Inference.Telemetry;
using VampNet.Simulation.Engine;

namespace VampNet.Simulation.Mesh;

/// <summary>A call to a stage.</summary>
/// <param name="Operation">of the table of costs</param>
/// <param name="Chunks">frames of each job, one after the other</param>
/// <param name="Steps">of each job</param>
/// <param name="SharesSteps">whether jobs of several calls make a step together</param>
internal sealed record StageRequest(string Operation, IReadOnlyList<int> Chunks, int Steps, bool SharesSteps)
{
    public int AllSteps => Chunks.Count * Steps;

    public long FrameSteps => Chunks.Sum(frames => (long)frames) * Steps;
}

/// <summary>What has become of a replica.</summary>
internal enum ReplicaFate
{
    Runs,

    /// <summary>It says that it is about to end, and finishes what it has.</summary>
    Drains,

    /// <summary>Its process is gone: connections break, and new ones are refused.</summary>
    Gone,

    /// <summary>Its machine or the network to it is gone: connections stand, and nothing comes.</summary>
    Silent,
}

/// <summary>
/// One process of a stage: the product's admission, load and step scheduler, on a device that takes virtual time.
/// </summary>
internal sealed class SimulatedReplica : IDisposable
{
    private static readonly object s_anyLength = new();

    private readonly VirtualTime _time;
    private readonly ReplicaMeters _meters = new();
    private readonly CallLimiter _limiter;
    private readonly StageLoad _load = new();
    private readonly StepScheduler<SimulatedModel> _scheduler;
    private readonly CancellationTokenSource _broken = new();
    private readonly Random _random;

    public SimulatedReplica(
        string stage, int number, IDevice device, SimulatedModel model, SchedulingOptions scheduling, VirtualTime time, Random random)
    {
        var name = new StageName(stage);
        (Address, Number, _time, _random, StartedAt) = (new Uri($"http://{stage}-{number}"), number, time, random, time.Now);
        _limiter = new CallLimiter(
            Options.Create(new AdmissionOptions { MaxCallsPerTenant = new AdmissionOptions().MaxCalls }), new RpcMetrics(_meters, name),
            time);
        _scheduler = new StepScheduler<SimulatedModel>(
            model, device, scheduling, new JobMetrics(_meters, name), new ComputeMetrics(_meters, name), time);
    }

    public Uri Address { get; }

    public int Number { get; }

    /// <summary>Seconds at which it was asked for, and at which it was gone; the latter infinite while it runs.</summary>
    public double StartedAt { get; }

    public double EndedAt { get; private set; } = double.PositiveInfinity;

    /// <summary>Its models are loaded.</summary>
    public bool IsReady { get; set; }

    public ReplicaFate Fate { get; private set; }

    /// <summary>Of its answers, the share that is lost on the way, after all work was done.</summary>
    public double LostAnswers { get; set; }

    public bool Serves => IsReady && Fate == ReplicaFate.Runs;

    /// <summary>Jobs that wait for their first step, and those that have made one: what a stage may be scaled by.</summary>
    public long Waiting => _meters.Waiting;

    public long Active => _meters.Active;

    /// <summary>What it reports to gateways.</summary>
    public long PendingSteps => _load.PendingSteps;

    public int Calls => _limiter.Taken;

    public void End(ReplicaFate fate)
    {
        Fate = fate;
        if (fate == ReplicaFate.Drains)
            return;
        EndedAt = _time.Now;
        if (fate == ReplicaFate.Gone)
            _broken.Cancel();
    }

    /// <param name="stepped">called after each step</param>
    /// <exception cref="RpcException">what the stage or the network says</exception>
    public async Task ServeAsync(StageRequest request, Tenant tenant, DateTime deadline, Action stepped, CancellationToken cancellation)
    {
        if (Fate == ReplicaFate.Gone)
            throw Unavailable("connection refused");
        try
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _broken.Token);
            if (Fate != ReplicaFate.Silent)
                await ComputeAsync(request, tenant, deadline, stepped, end.Token);
            if (Fate == ReplicaFate.Silent)
                await Task.Delay(Timeout.Infinite, end.Token);
        }
        catch (OperationCanceledException) when (_broken.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw Unavailable("the connection broke");
        }
        if (LostAnswers > 0 && _random.NextDouble() < LostAnswers)
            throw Unavailable("the answer was lost");
    }

    public void Dispose()
    {
        _meters.Dispose();
        _broken.Dispose();
    }

    private async Task ComputeAsync(StageRequest request, Tenant tenant, DateTime deadline, Action stepped, CancellationToken cancellation)
    {
        using var permit = _limiter.Take(request.Operation, tenant);
        using var pending = _load.Begin(request.AllSteps);
        try
        {
            _scheduler.Check(request.Operation, request.FrameSteps, JobPriority.Interactive, tenant.Name, deadline);
        }
        catch (DeadlineTooShortException error)
        {
            throw RpcErrors.Refuse(StatusCode.DeadlineExceeded, error.Message, "DEADLINE_TOO_SHORT");
        }
        foreach (var frames in request.Chunks)
        {
            var work = new SimulatedWork(request.Operation, frames, request.Steps, request.SharesSteps ? s_anyLength : null, () =>
            {
                pending.StepsLeft--;
                if (Fate is ReplicaFate.Runs or ReplicaFate.Drains)
                    stepped();
            });
            await _scheduler.RunAsync(work, JobPriority.Interactive, tenant.Name, cancellation);
        }
    }

    private static RpcException Unavailable(string why) => new(new Status(StatusCode.Unavailable, why));
}
