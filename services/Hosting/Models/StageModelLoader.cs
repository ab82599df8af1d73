using Grpc.Health.V1;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VampNet.Services.Hosting.Health;

namespace VampNet.Services.Hosting.Models;

/// <summary>The start of a stage, for hosts that wait for it.</summary>
public interface IStageStartup
{
    /// <summary>Ends when the stage serves; fails with what kept it from loading.</summary>
    Task Ready { get; }
}

/// <summary>
/// Loads and warms up the models of a stage while the server already answers health checks. A model that cannot be
/// loaded stops the process: a stage that will never serve must not look as if it might.
/// </summary>
internal sealed class StageModelLoader<TModel>(
    StageRecipe<TModel> recipe,
    StageModel<TModel> stage,
    ModelFolders folders,
    HealthRegistry health,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<StageModelLoader<TModel>> logger) : BackgroundService, IStageStartup
    where TModel : class
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Ready => _ready.Task;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        health.Set(recipe.Service, HealthCheckResponse.Types.ServingStatus.NotServing);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            foreach (var (name, folder) in folders.Resolve(stage.Options))
                await LoadAsync(name, folder, stoppingToken);
            stage.Open();
            health.Set(recipe.Service, HealthCheckResponse.Types.ServingStatus.Serving);
            _ready.SetResult();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            _ready.SetCanceled(stoppingToken);
        }
        catch (Exception error)
        {
            ModelLog.LoadFailed(logger, recipe.Service, error.Message);
            _ready.SetException(error);
            Environment.ExitCode = 1;
            // A host that is stopped while it starts would crash instead of ending.
            using var started = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStarted, stoppingToken);
            await Task.Delay(Timeout.Infinite, started.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lifetime.StopApplication();
        }
    }

    private async Task LoadAsync(string name, string folder, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var models = await PackageModels<TModel>.LoadAsync(recipe, stage, name, folder, cancellationToken);
        stage.Publish(name, models.All);
        if (models.All.Count == 0)
            ModelLog.NotServed(logger, recipe.Service, name, recipe.Part);
        foreach (var (info, _) in models.All)
            ModelLog.Loaded(logger, recipe.Service, info.Name, info.Package, info.Version, stage.Options.Device, stage.Options.Precision, time.GetElapsedTime(started).TotalSeconds);
    }
}

internal static partial class ModelLog
{
    [LoggerMessage(1, LogLevel.Information, "{Service} serves {Model}: {Package} {Version} on {Device} in {Precision}; loaded and warmed up in {Seconds:0.0} s")]
    public static partial void Loaded(ILogger logger, string service, string model, string package, string version, string device, string precision, double seconds);

    [LoggerMessage(2, LogLevel.Critical, "{Service} cannot load its model: {Message}")]
    public static partial void LoadFailed(ILogger logger, string service, string message);

    [LoggerMessage(3, LogLevel.Information, "{Service} does not serve {Model}: its package has no part {Part}")]
    public static partial void NotServed(ILogger logger, string service, string model, string part);
}
