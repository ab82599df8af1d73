using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Health.V1;
using VampNet.Services.Hosting.Health;
using Xds.Service.Orca.V3;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace VampNet.Gateway.Replicas;

/// <summary>Follows what a replica tells of itself, until it is retired: whether it serves, and what it has to do (gRFC A51).</summary>
/// <param name="stage">that it serves, for logs</param>
/// <param name="service">full name of the stage's service</param>
/// <param name="changed">called after each change of its state</param>
internal sealed class ReplicaWatch(string stage, string service, Replica replica, Action changed, TimeProvider time, ILogger logger)
{
    /// <summary>Between two reports of load: less than most calls take, and nothing beside what they send.</summary>
    public static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(0.25);

    // One that cannot be reached comes back sooner than one that does not report learns to.
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1), LateRetry = TimeSpan.FromSeconds(30);

    private bool _isLost;

    public Task RunAsync(CancellationToken stopping)
    {
        var health = new Health.HealthClient(replica.Channel);
        var load = new OpenRcaService.OpenRcaServiceClient(replica.Channel);
        return Task.WhenAll(
            FollowAsync(end => health.Watch(new HealthCheckRequest { Service = service }, cancellationToken: end), Hear, Lost, stopping),
            FollowAsync(
                end => load.StreamCoreMetrics(
                    new OrcaLoadReportRequest { ReportInterval = ReportInterval.ToDuration() }, cancellationToken: end),
                report =>
                {
                    if (report.NamedMetrics.TryGetValue(LoadReportService.PendingSteps, out var steps))
                        replica.Report(steps);
                },
                error => error.StatusCode == StatusCode.Unimplemented ? LateRetry : Retry,
                stopping));
    }

    /// <summary>One stream after another, as each breaks off.</summary>
    /// <param name="lost">what a stream ended with; returns when to open the next</param>
    private async Task FollowAsync<T>(
        Func<CancellationToken, AsyncServerStreamingCall<T>> open, Action<T> hear, Func<RpcException, TimeSpan> lost,
        CancellationToken stopping)
    {
        // Calls below a span that nobody records are in no trace.
        using var untraced = new Activity("watch").Start();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, replica.Retired);
        while (!end.IsCancellationRequested)
        {
            var retry = Retry;
            try
            {
                using var call = open(end.Token);
                await foreach (var message in call.ResponseStream.ReadAllAsync(end.Token))
                    hear(message);
            }
            catch (Exception error) when (end.IsCancellationRequested && error is RpcException or OperationCanceledException)
            {
                return;
            }
            catch (RpcException error)
            {
                retry = lost(error);
            }
            await Task.Delay(retry, time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Hear(HealthCheckResponse response)
    {
        _isLost = false;
        Note(response.Status == ServingStatus.Serving ? ReplicaState.Serving : ReplicaState.NotServing);
    }

    private TimeSpan Lost(RpcException error)
    {
        if (!_isLost)
            ReplicaLog.Lost(logger, stage, replica.Address, error.Status.Detail);
        _isLost = true;
        Note(ReplicaState.Unknown);
        return Retry;
    }

    private void Note(ReplicaState state)
    {
        if (replica.State == state)
            return;
        replica.State = state;
        ReplicaLog.Changed(logger, stage, replica.Address, state);
        changed();
    }
}
