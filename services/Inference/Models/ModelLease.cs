using VampNet.Services.Inference.Scheduling;

namespace VampNet.Services.Inference.Models;

/// <summary>
/// One version of a model, for one request: whatever is loaded in the meantime, it stays the same and alive until the
/// request ends, which disposes the lease.
/// </summary>
public sealed class ModelLease<TModel> : IDisposable
    where TModel : class
{
    private readonly SharedModel<TModel> _model;
    private int _isOver;

    private readonly string _tenant;

    internal ModelLease(SharedModel<TModel> model, ModelInfo info, string tenant)
    {
        (_model, Info, _tenant) = (model, info, tenant);
        model.Hold();
    }

    public ModelInfo Info { get; }

    /// <summary>
    /// What the model says about itself; work goes through <see cref="RunAsync(StepWork{TModel}, JobPriority, CancellationToken)"/>.
    /// </summary>
    public TModel Value => _model.Value;

    /// <summary>Jobs of all requests that are with the model.</summary>
    internal int Waiting => _model.Scheduler.Waiting;

    /// <inheritdoc cref="StepScheduler{TModel}.Check"/>
    public void CheckDeadline(string operation, long frameSteps, JobPriority priority, DateTime deadline) =>
        _model.Scheduler.Check(operation, frameSteps, priority, _tenant, deadline);

    /// <summary>
    /// Has the model do work on its device's thread, together with that of other requests where it fits. A cancelled one is gone at its
    /// next step.
    /// </summary>
    public Task RunAsync(StepWork<TModel> work, JobPriority priority, CancellationToken cancellationToken) =>
        _model.Scheduler.RunAsync(work, priority, _tenant, cancellationToken);

    /// <summary>Runs one call of the model on its device's thread.</summary>
    /// <param name="operation">what it is called in metrics</param>
    /// <param name="frames">that it goes over</param>
    public async Task<TResult> RunAsync<TResult>(
        string operation, int frames, Func<TModel, TResult> call, CancellationToken cancellationToken)
    {
        var work = new CallWork<TModel, TResult>(operation, frames, call);
        await RunAsync(work, JobPriority.Interactive, cancellationToken);
        return work.Result!;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0)
            _model.Release();
    }
}
