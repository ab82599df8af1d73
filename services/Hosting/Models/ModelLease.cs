using VampNet.Model.Compute;

namespace VampNet.Services.Hosting.Models;

/// <summary>
/// One version of a model, for one request: whatever is loaded in the meantime, it stays the same and alive until the
/// request ends, which disposes the lease.
/// </summary>
public sealed class ModelLease<TModel> : IDisposable
    where TModel : class
{
    private readonly LiveModel<TModel> _model;
    private int _isOver;

    internal ModelLease(LiveModel<TModel> model, ModelInfo info)
    {
        (_model, Info) = (model, info);
        model.Hold();
    }

    public ModelInfo Info { get; }

    /// <summary>What the model says about itself; work goes through <see cref="RunAsync"/>.</summary>
    public TModel Value => _model.Value;

    /// <summary>Runs <paramref name="work"/> with the model on its device's lane.</summary>
    public Task<TResult> RunAsync<TResult>(Func<TModel, TResult> work, CancellationToken cancellationToken) => _model.RunAsync(work, cancellationToken);

    /// <summary>As <see cref="RunAsync"/>, for one step of several requests: none of them ends it.</summary>
    internal Task<TResult> StepAsync<TResult>(Func<TModel, TResult> work) => _model.StepAsync(work);

    /// <summary>A lease of the same version, whose end is its own.</summary>
    internal ModelLease<TModel> Renew() => new(_model, Info);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0)
            _model.Release();
    }
}
