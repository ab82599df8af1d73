using System.Net;
using System.Net.Sockets;
using VampNet.Gateway.Replicas;
using VampNet.Gateway.Telemetry;
using VampNet.Protos.Live.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Health;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace VampNet.Gateway.Stages;

/// <summary>
/// Finds the replicas of every stage and watches their health. The gateway is ready once each stage has one that serves, and stays so while
/// any has: what is lost is better waited for here than at a closed door.
/// </summary>
internal sealed class StageWatcher(
    StageClients stages, HealthRegistry health, GatewayMetrics metrics, TimeProvider time, ILogger<StageWatcher> logger)
    : BackgroundService, IStageStartup
{
    // A name is looked up more often while nothing that serves is known behind it.
    private static readonly TimeSpan LookupPeriod = TimeSpan.FromSeconds(5), UrgentLookupPeriod = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _weights = []; // by stage, those that its replicas serve
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A replica came or went.</summary>
    public event Action? ReplicasChanged;

    public Task Ready => _ready.Task;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var stage in stages.All)
            health.SetRouted(stage.Stage.Service, ServingStatus.NotServing);
        SetOwn(ServingStatus.NotServing);
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
            await NextLookupAsync(stage, stopping);
        }
        await Task.WhenAll(watches);
    }

    private async Task NextLookupAsync(StageEntry stage, CancellationToken stopping)
    {
        var last = time.GetTimestamp();
        do
            await Task.Delay(UrgentLookupPeriod, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (stage.Replicas.IsServed && time.GetElapsedTime(last) < LookupPeriod && !stopping.IsCancellationRequested);
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
            NoteWeights(stage);
            var status = MayServe(stage) ? ServingStatus.Serving : ServingStatus.NotServing;
            if (health.Get(stage.Stage.Service) == status)
                return;
            health.SetRouted(stage.Stage.Service, status);
            health.SetDetail(stage.Stage.Service, status == ServingStatus.Serving ? null : $"{stage.Stage.Name}: no replica serves");
            StageLog.Changed(logger, stage.Stage.Service, status);
            if (stages.All.All(MayServe))
                _ready.TrySetResult();
            var isReady = _ready.Task.IsCompleted && stages.All.Any(MayServe);
            SetOwn(isReady ? ServingStatus.Serving : ServingStatus.NotServing);
        }
    }

    /// <summary>The gateway's own services need every stage.</summary>
    private void SetOwn(ServingStatus status)
    {
        health.Set(VampService.Descriptor.FullName, status);
        health.Set(LiveService.Descriptor.FullName, status);
    }

    private static bool MayServe(StageEntry stage) => stage.Replicas.Replicas.Any(replica => replica.MayServe);

    /// <summary>Replicas of a stage that serve different weights are no secret: a rollout is under way, or was forgotten.</summary>
    private void NoteWeights(StageEntry stage)
    {
        var versions = stage.Replicas.Replicas.Where(replica => replica.MayServe && replica.Weights is not null)
            .GroupBy(replica => replica.Weights!.Value, replica => replica.Address.ToString()).OrderBy(version => version.Key).ToList();
        var name = stage.Stage.Name;
        var text = string.Join("; ", versions.Select(version => $"{version.Key:x12} at {string.Join(", ", version.Order())}"));
        if (_weights.GetValueOrDefault(name, "") == text)
            return;
        _weights[name] = text;
        metrics.WeightsServed(name, versions.Count);
        if (versions.Count > 1)
        {
            StageLog.WeightsDiffer(logger, name, text);
            health.SetDetail(name, $"{name}: replicas serve different weights: {text}");
        }
        else
            health.SetDetail(name, null);
    }
}

internal static partial class StageLog
{
    [LoggerMessage(1, LogLevel.Information, "{Stage} is {Status}")]
    public static partial void Changed(ILogger logger, string stage, ServingStatus status);

    [LoggerMessage(2, LogLevel.Warning, "{Stage}: replicas serve different weights: {Versions}; a request is made with one of them")]
    public static partial void WeightsDiffer(ILogger logger, string stage, string versions);
}
