using Grpc.Core;
using VampNet.Model.Compute;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Services.Hosting.Models;

/// <summary>The model of a stage, reached through its device's lane only.</summary>
public sealed class StageModel<TModel> : IAsyncDisposable
    where TModel : class
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly ComputeLane _lane;
    private TModel? _model;

    public StageModel(ComputeLane lane, ModelOptions options) => (_lane, Options) = (lane, options);

    public ModelOptions Options { get; }

    /// <summary>Name of the model package; empty until it is loaded.</summary>
    public string Name { get; private set; } = "";

    /// <summary>What the model says about itself.</summary>
    /// <exception cref="RpcException">UNAVAILABLE: it is not loaded yet</exception>
    public TModel Value => Volatile.Read(ref _model) ?? throw RpcErrors.Retry(StatusCode.Unavailable, "the model is still loading", "MODEL_LOADING", RetryAfter);

    /// <summary>Runs <paramref name="work"/> with the model on its device's lane.</summary>
    /// <exception cref="RpcException">UNAVAILABLE: the model is not loaded yet</exception>
    /// <exception cref="ComputeLaneFullException">too many calls wait</exception>
    public Task<TResult> RunAsync<TResult>(Func<TModel, TResult> work, CancellationToken cancellationToken)
    {
        var model = Value;
        return _lane.RunAsync(() => work(model), cancellationToken);
    }

    /// <summary>Loads and warms up on the lane; from then on the stage serves.</summary>
    internal async Task LoadAsync(Func<ModelOptions, LoadedModel<TModel>> load, Action<TModel> warmUp, CancellationToken cancellationToken)
    {
        var loaded = await _lane.RunAsync(() =>
        {
            var result = load(Options);
            warmUp(result.Model);
            return result;
        }, cancellationToken);
        Name = loaded.Name;
        Volatile.Write(ref _model, loaded.Model);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _model, null) is IDisposable model)
            await _lane.ReleaseAsync(model.Dispose);
    }
}

/// <summary>A model and the name of the package that it comes from.</summary>
public sealed record LoadedModel<TModel>(string Name, TModel Model);
