using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Xds.Data.Orca.V3;
using Xds.Service.Orca.V3;

namespace VampNet.Services.Hosting.Health;

/// <summary>The standard service for load reports (gRFC A51) over <see cref="StageLoad"/>.</summary>
public sealed class LoadReportService(
    StageLoad load, HealthRegistry health, TimeProvider time) : OpenRcaService.OpenRcaServiceBase
{
    /// <summary>Metric of <see cref="StageLoad.PendingSteps"/>.</summary>
    public const string PendingSteps = "vampnet.pending_steps";

    /// <summary>Metric of <see cref="StageLoad.PendingRequests"/>.</summary>
    public const string PendingRequests = "vampnet.pending_requests";

    /// <summary>
    /// Metric of <see cref="StageLoad.Weights"/>: 48 bits, which a double holds exactly, of a SHA-256 over the names and the SHA-256 of all
    /// models that the stage serves. Replicas that serve the same report the same.
    /// </summary>
    public const string Weights = "vampnet.weights";

    /// <summary>Metric that is 1 while the process still takes calls but is about to end; absent otherwise.</summary>
    public const string Draining = "vampnet.draining";

    /// <summary>Nobody hears more often, whatever they ask for.</summary>
    internal static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(0.1);

    // What no timer takes is as good as never.
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(1), LongestInterval = TimeSpan.FromDays(1);

    /// <summary>
    /// Sends a report at once, then one every interval until the caller leaves or the process refuses calls. The caller chooses the
    /// interval, 0.1 s to one day; otherwise it is 1 s.
    /// </summary>
    public override async Task StreamCoreMetrics(
        OrcaLoadReportRequest request, IServerStreamWriter<OrcaLoadReport> responseStream, ServerCallContext context)
    {
        var interval = Interval(request.ReportInterval);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, health.Ended);
        while (!end.IsCancellationRequested)
        {
            await responseStream.WriteAsync(Report(), context.CancellationToken);
            await Task.Delay(interval, time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private OrcaLoadReport Report()
    {
        var report = new OrcaLoadReport
        {
            NamedMetrics = { [PendingSteps] = load.PendingSteps, [PendingRequests] = load.PendingRequests },
        };
        if (load.Weights is { } weights)
            report.NamedMetrics[Weights] = weights;
        if (health.IsDraining)
            report.NamedMetrics[Draining] = 1;
        return report;
    }

    /// <summary>Clamped before it is converted: a Duration may hold ten thousand years, or nonsense.</summary>
    private static TimeSpan Interval(Duration? asked)
    {
        if (asked is null)
            return DefaultInterval;
        var seconds = Math.Clamp(asked.Seconds + asked.Nanos / 1e9, ShortestInterval.TotalSeconds, LongestInterval.TotalSeconds);
        return TimeSpan.FromSeconds(seconds);
    }
}
