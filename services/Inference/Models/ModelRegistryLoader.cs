using Grpc.Health.V1;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VampNet.Model.Packages;
using VampNet.Services.Hosting.Health;

namespace VampNet.Services.Inference.Models;

/// <summary>
/// Loads and warms up the models of a stage while the server already answers health checks. A model that cannot be
/// loaded stops the process: a stage that will never serve must not look as if it might. From then on new versions of
/// the packages take the place of the old ones, and a version that cannot be loaded does not.
/// </summary>
internal sealed class ModelRegistryLoader<TModel>(
    ModelSpec<TModel> spec,
    ModelRegistry<TModel> registry,
    ModelFolders folders,
    HealthRegistry health,
    StageLoad load,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<ModelRegistryLoader<TModel>> logger) : BackgroundService, IStageStartup
    where TModel : class
{
    /// <summary>Loading a package of this size leaves so much behind that the system should have it back.</summary>
    private const long LargeBytes = 256 << 20;

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Ready => _ready.Task;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        health.Set(spec.Stage.Service, HealthCheckResponse.Types.ServingStatus.NotServing);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var packages = folders.Resolve(registry.Options).Select(package => new PackageWatch(package.Name, package.Folder)).ToArray();
            foreach (var package in packages)
            {
                package.Look();
                await LoadAsync(package, stoppingToken);
            }
            registry.Open();
            load.Weights = registry.Fingerprint();
            health.Set(spec.Stage.Service, HealthCheckResponse.Types.ServingStatus.Serving);
            _ready.SetResult();
            if (registry.Options.WatchSeconds > 0)
                await WatchAsync(packages, stoppingToken);
        }
        catch (Exception) when (stoppingToken.IsCancellationRequested)
        {
            _ready.TrySetCanceled(stoppingToken);
        }
        catch (Exception error)
        {
            ModelLog.LoadFailed(logger, spec.Stage.Service, error.Message);
            _ready.SetException(error);
            Environment.ExitCode = 1;
            // A host that is stopped while it starts would crash instead of ending.
            using var started = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStarted, stoppingToken);
            await Task.Delay(Timeout.Infinite, started.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lifetime.StopApplication();
        }
    }

    private async Task WatchAsync(PackageWatch[] packages, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(registry.Options.WatchSeconds), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            registry.ReleaseReplaced();
            foreach (var package in packages.Where(package => package.Look()))
            {
                try
                {
                    await LoadAsync(package, stoppingToken);
                    load.Weights = registry.Fingerprint();
                }
                catch (Exception error) when (!stoppingToken.IsCancellationRequested)
                {
                    package.Fail();
                    ModelLog.ReloadFailed(logger, spec.Stage.Service, package.Name, error.Message);
                }
            }
        }
    }

    private async Task LoadAsync(PackageWatch package, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var models = await PackageModels<TModel>.LoadAsync(spec, registry, package.Name, package.Folder, cancellationToken);
        registry.Publish(package.Name, models.All);
        if (models.BytesRead > LargeBytes)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        if (models.All.Count == 0)
            ModelLog.NotServed(logger, spec.Stage.Service, package.Name, spec.Stage.Name);
        foreach (var (info, _) in models.All)
            ModelLog.Loaded(
                logger, spec.Stage.Service, info.Name, info.Package, info.Version,
                Precisions.Describe(registry.Options.Precision, registry.Options.Device), time.GetElapsedTime(started).TotalSeconds);
    }
}

internal static partial class ModelLog
{
    [LoggerMessage(
        1, LogLevel.Information,
        "{Service} serves {Model}: {Package} {Version} on {Device}; loaded and warmed up in {Seconds:0.0} s")]
    public static partial void Loaded(
        ILogger logger, string service, string model, string package, string version, string device, double seconds);

    [LoggerMessage(2, LogLevel.Critical, "{Service} cannot load its model: {Message}")]
    public static partial void LoadFailed(ILogger logger, string service, string message);

    [LoggerMessage(4, LogLevel.Error, "{Service} cannot load the new version of {Model}, and goes on with the old one: {Message}")]
    public static partial void ReloadFailed(ILogger logger, string service, string model, string message);

    [LoggerMessage(3, LogLevel.Information, "{Service} does not serve {Model}: its package has no part {Part}")]
    public static partial void NotServed(ILogger logger, string service, string model, string part);
}
