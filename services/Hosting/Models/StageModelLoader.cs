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
/// Loads and warms up the model of a stage while the server already answers health checks. A model that cannot be
/// loaded stops the process: a stage that will never serve must not look as if it might.
/// </summary>
internal sealed class StageModelLoader<TModel>(
    string service,
    StageModel<TModel> stage,
    Func<ModelOptions, LoadedModel<TModel>> load,
    Action<TModel> warmUp,
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
        health.Set(service, HealthCheckResponse.Types.ServingStatus.NotServing);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var started = time.GetTimestamp();
            await stage.LoadAsync(load, warmUp, stoppingToken);
            ModelLog.Loaded(logger, service, stage.Name, stage.Options.Device, stage.Options.Precision, time.GetElapsedTime(started).TotalSeconds);
            health.Set(service, HealthCheckResponse.Types.ServingStatus.Serving);
            _ready.SetResult();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            _ready.SetCanceled(stoppingToken);
        }
        catch (Exception error)
        {
            ModelLog.LoadFailed(logger, service, error.Message);
            _ready.SetException(error);
            Environment.ExitCode = 1;
            // A host that is stopped while it starts would crash instead of ending.
            using var started = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStarted, stoppingToken);
            await Task.Delay(Timeout.Infinite, started.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lifetime.StopApplication();
        }
    }
}

internal static partial class ModelLog
{
    [LoggerMessage(1, LogLevel.Information, "{Service} serves {Model} on {Device} in {Precision}; loaded and warmed up in {Seconds:0.0} s")]
    public static partial void Loaded(ILogger logger, string service, string model, string device, string precision, double seconds);

    [LoggerMessage(2, LogLevel.Critical, "{Service} cannot load its model: {Message}")]
    public static partial void LoadFailed(ILogger logger, string service, string message);
}
