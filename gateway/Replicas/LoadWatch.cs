using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using VampNet.Services.Hosting.Load;
using Xds.Service.Orca.V3;

namespace VampNet.Gateway.Replicas;

/// <summary>Hears from a replica what it has to do for all its callers (gRFC A51), until it is retired.</summary>
internal sealed class LoadWatch(Replica replica, TimeProvider time)
{
    /// <summary>Between two reports: less than most calls take, and nothing beside what they send.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.25);

    // One that cannot be reached comes back sooner than one that does not report learns to.
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1), LateRetry = TimeSpan.FromSeconds(30);

    private readonly OpenRcaService.OpenRcaServiceClient _reports = new(replica.Channel);

    public async Task RunAsync(CancellationToken stopping)
    {
        // Calls below a span that nobody records are in no trace.
        using var untraced = new Activity("watch").Start();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, replica.Retired);
        while (!end.IsCancellationRequested)
        {
            var retry = Retry;
            try
            {
                using var call = _reports.StreamCoreMetrics(new OrcaLoadReportRequest { ReportInterval = Interval.ToDuration() }, cancellationToken: end.Token);
                await foreach (var report in call.ResponseStream.ReadAllAsync(end.Token))
                {
                    if (report.NamedMetrics.TryGetValue(LoadReportService.PendingSteps, out var steps))
                        replica.Report(steps);
                }
            }
            catch (Exception error) when (end.IsCancellationRequested && error is RpcException or OperationCanceledException)
            {
                return;
            }
            catch (RpcException error)
            {
                retry = error.StatusCode == StatusCode.Unimplemented ? LateRetry : Retry;
            }
            await Task.Delay(retry, time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
