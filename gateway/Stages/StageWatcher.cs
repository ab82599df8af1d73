using System.Net;
using System.Net.Sockets;
using VampNet.Gateway.Replicas;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Health;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace VampNet.Gateway.Stages;

/// <summary>
/// Finds the replicas of every stage and watches their health: the gateway is ready while each stage has one that serves.
/// </summary>
internal sealed class StageWatcher(
    StageClients stages, HealthRegistry health, TimeProvider time, ILogger<StageWatcher> logger) : BackgroundService, IStageStartup
{
    private static readonly TimeSpan LookupPeriod = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A replica came or went.</summary>
    public event Action? ReplicasChanged;

    public Task Ready => _ready.Task;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var stage in stages.All)
            health.Set(stage.Stage.Service, ServingStatus.NotServing);
        health.Set(VampService.Descriptor.FullName, ServingStatus.NotServing);
        return base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(stages.All.Select(stage => FollowAsync(stage, stoppingToken)));

    private async Task FollowAsync(StageEntry stage, CancellationToken stopping)
    {
        var watches = stage.Replicas.Replicas.Select(replica => WatchAsync(stage, replica, stopping)).ToList();
        while (stage.Addresses.Any(address => address.IsName) && !stopping.IsCancellationRequested)
        {
            if (await FindAsync(stage, stopping) is { } found)
            {
                var before = stage.Replicas.Replicas.Count;
                var added = stage.Replicas.Update(found);
                if (added.Count > 0 || stage.Replicas.Replicas.Count < before)
                    ReplicasChanged?.Invoke();
                watches.RemoveAll(watch => watch.IsCompletedSuccessfully);
                watches.AddRange(added.Select(replica => WatchAsync(stage, replica, stopping)));
                Note(stage);
            }
            await Task.Delay(LookupPeriod, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await Task.WhenAll(watches);
    }

    private Task WatchAsync(StageEntry stage, Replica replica, CancellationToken stopping) =>
        new ReplicaWatch(stage.Replicas, stage.Stage.Service, replica, () => Note(stage), time, logger).RunAsync(stopping);

    /// <summary>Null where a name cannot be looked up: then what it had goes on being used.</summary>
    private async Task<IReadOnlyList<Uri>?> FindAsync(StageEntry stage, CancellationToken stopping)
    {
        var found = new List<Uri>();
        foreach (var address in stage.Addresses)
        {
            try
            {
                found.AddRange(await address.ResolveAsync(Dns.GetHostAddressesAsync, stopping));
            }
            catch (SocketException error)
            {
                ReplicaLog.Unresolved(logger, stage.Stage.Name, address.Target, error.Message);
                return null;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return null;
            }
        }
        return found;
    }

    private void Note(StageEntry stage)
    {
        lock (_lock)
        {
            var status = stage.Replicas.Replicas.Any(replica => replica.MayServe)
                ? ServingStatus.Serving
                : ServingStatus.NotServing;
            if (health.Get(stage.Stage.Service) == status)
                return;
            health.Set(stage.Stage.Service, status);
            StageLog.Changed(logger, stage.Stage.Service, status);
            var all = stages.All.All(s => health.Get(s.Stage.Service) == ServingStatus.Serving);
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
}
