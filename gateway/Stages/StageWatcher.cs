using System.Diagnostics;
using Grpc.Core;
using Grpc.Health.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Health;
using VampNet.Services.Hosting.Models;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace VampNet.Gateway.Stages;

/// <summary>Watches the health of every stage: the gateway is ready while all of them are.</summary>
internal sealed class StageWatcher(StageClients stages, HealthRegistry health, TimeProvider time, ILogger<StageWatcher> logger) : BackgroundService, IStageStartup
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Ready => _ready.Task;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var stage in stages.Health)
            health.Set(stage.Name, ServingStatus.NotServing);
        health.Set(VampService.Descriptor.FullName, ServingStatus.NotServing);
        return base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(stages.Health.Select(stage => WatchAsync(stage, stoppingToken)));

    private async Task WatchAsync(StageHealth stage, CancellationToken stopping)
    {
        // Calls below a span that nobody records are in no trace.
        using var untraced = new Activity("watch").Start();
        var told = false;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                using var call = stage.Client.Watch(new HealthCheckRequest { Service = stage.Service }, cancellationToken: stopping);
                await foreach (var response in call.ResponseStream.ReadAllAsync(stopping))
                {
                    told = false;
                    Note(stage, response.Status);
                }
            }
            catch (RpcException error) when (!stopping.IsCancellationRequested)
            {
                if (!told)
                    StageLog.Lost(logger, stage.Name, error.Status.Detail);
                told = true;
            }
            catch (Exception error) when (stopping.IsCancellationRequested && error is RpcException or OperationCanceledException)
            {
                return;
            }
            Note(stage, ServingStatus.NotServing);
            await Task.Delay(Retry, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Note(StageHealth stage, ServingStatus status)
    {
        lock (_lock)
        {
            if (health.Get(stage.Name).Status == status)
                return;
            health.Set(stage.Name, status);
            StageLog.Changed(logger, stage.Name, status);
            var all = stages.Health.All(s => health.Get(s.Name).Status == ServingStatus.Serving);
            health.Set(VampService.Descriptor.FullName, all ? ServingStatus.Serving : ServingStatus.NotServing);
            if (all)
                _ready.TrySetResult();
        }
    }
}

internal static partial class StageLog
{
    [LoggerMessage(1, LogLevel.Information, "{Stage} is {Status}")]
    public static partial void Changed(ILogger logger, string stage, ServingStatus status);

    [LoggerMessage(2, LogLevel.Warning, "{Stage} cannot be reached: {Detail}")]
    public static partial void Lost(ILogger logger, string stage, string detail);
}
