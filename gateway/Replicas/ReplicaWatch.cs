using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Health.V1;
using VampNet.Services.Hosting.Health;
using Xds.Data.Orca.V3;
using Xds.Service.Orca.V3;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace VampNet.Gateway.Replicas;

/// <summary>
/// Follows what a replica tells of itself, until it is closed: whether it serves, and what it has to do (gRFC A51). And notices when it
/// tells nothing any more.
/// </summary>
/// <param name="replicas">of the stage, this one among them</param>
/// <param name="service">full name of the stage's service</param>
/// <param name="changed">called after each change of what is known of it</param>
internal sealed class ReplicaWatch(
    ReplicaSet replicas, string service, Replica replica, Action changed, TimeProvider time, ILogger logger)
{
    /// <summary>Between two reports of load: less than most calls take, and nothing beside what they send.</summary>
    public static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(0.25);

    // One that cannot be reached comes back sooner than one that does not report learns to.
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1), LateRetry = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private bool _isLost;
    private (ReplicaState State, bool IsHung, long? Weights) _known;

    public Task RunAsync(CancellationToken stopping)
    {
        var health = new Health.HealthClient(replica.Channel);
        var load = new OpenRcaService.OpenRcaServiceClient(replica.Channel);
        _known = (replica.State, replica.IsHung, replica.Weights);
        return Task.WhenAll(
            MeasureSilenceAsync(health, stopping),
            FollowAsync(
                end => health.Watch(new HealthCheckRequest { Service = service }, cancellationToken: end), TakeHealth,
                error => error is null ? Retry : Lost(error), stopping),
            FollowAsync(
                end => load.StreamCoreMetrics(
                    new OrcaLoadReportRequest { ReportInterval = ReportInterval.ToDuration() }, cancellationToken: end),
                TakeLoad,
                error =>
                {
                    replica.IsDraining = false;
                    Note();
                    return error?.StatusCode == StatusCode.Unimplemented ? LateRetry : Retry;
                },
                stopping));
    }

    /// <summary>One stream after another, as each breaks off.</summary>
    /// <param name="ended">what a stream ended with, null = nothing; returns when to open the next</param>
    private async Task FollowAsync<T>(
        Func<CancellationToken, AsyncServerStreamingCall<T>> open, Action<T> take, Func<RpcException?, TimeSpan> ended,
        CancellationToken stopping)
    {
        // Calls below a span that nobody records are in no trace.
        using var untraced = new Activity("watch").Start();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, replica.Closed);
        while (!end.IsCancellationRequested)
        {
            RpcException? lost = null;
            try
            {
                using var call = open(end.Token);
                await foreach (var message in call.ResponseStream.ReadAllAsync(end.Token))
                    take(message);
            }
            catch (Exception error) when (end.IsCancellationRequested && error is RpcException or OperationCanceledException)
            {
                return;
            }
            catch (RpcException error)
            {
                lost = error;
            }
            await Task.Delay(ended(lost), time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Counts how long the replica is silent, and has its calls made elsewhere when that is too long.</summary>
    private async Task MeasureSilenceAsync(Health.HealthClient health, CancellationToken stopping)
    {
        using var untraced = new Activity("watch").Start();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, replica.Closed);
        var asked = Task.CompletedTask;
        while (!end.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            await Task.Delay(ReportInterval, time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // A gateway that was stopped or starved itself could receive nothing: that time says nothing about the replica.
            var passed = time.GetElapsedTime(began);
            replica.Waited(passed < 2 * ReportInterval ? passed : ReportInterval);
            if (replica.IsToBeAsked && asked.IsCompleted)
                asked = AskAsync(health, end.Token);
            Note();
            // Where there is no other, calls wait for it to go on: whoever made them has a deadline.
            if (replica.IsHung && replicas.ServesWithout(replica) && replica.Abandon() is > 0 and var calls)
                ReplicaLog.Abandoned(logger, replicas.Name, replica.Address, replica.Silence.TotalSeconds, calls);
        }
        await asked;
    }

    private async Task AskAsync(Health.HealthClient health, CancellationToken cancellationToken)
    {
        try
        {
            await health.CheckAsync(new HealthCheckRequest { Service = service }, cancellationToken: cancellationToken);
            replica.RecordHeartbeat();
        }
        catch (RpcException)
        {
            // No answer is what it is asked for.
        }
    }

    private void TakeHealth(HealthCheckResponse response)
    {
        _isLost = false;
        replica.RecordHeartbeat();
        replica.State = response.Status == ServingStatus.Serving ? ReplicaState.Serving : ReplicaState.NotServing;
        Note();
    }

    private void TakeLoad(OrcaLoadReport report)
    {
        replica.RecordHeartbeat();
        if (report.NamedMetrics.TryGetValue(LoadReportService.PendingSteps, out var steps))
            replica.Report(steps);
        replica.Weights = report.NamedMetrics.TryGetValue(LoadReportService.Weights, out var weights) ? (long)weights : null;
        replica.IsDraining = report.NamedMetrics.ContainsKey(LoadReportService.Draining);
        Note();
    }

    private TimeSpan Lost(RpcException error)
    {
        if (!_isLost)
            ReplicaLog.Lost(logger, replicas.Name, replica.Address, error.Status.Detail);
        _isLost = true;
        replica.State = ReplicaState.Unknown;
        Note();
        return Retry;
    }

    private void Note()
    {
        lock (_lock)
        {
            var now = (replica.State, replica.IsHung, replica.Weights);
            if (now == _known)
                return;
            if (now.State != _known.State)
            {
                ReplicaLog.Changed(logger, replicas.Name, replica.Address, now.State);
                if (replica.IsSuspect && !_isLost)
                    ReplicaLog.Silent(logger, replicas.Name, replica.Address, replica.Silence.TotalSeconds);
            }
            _known = now;
        }
        changed();
    }
}
