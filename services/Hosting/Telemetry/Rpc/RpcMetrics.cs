using System.Diagnostics;
using System.Diagnostics.Metrics;
using Grpc.Core;

namespace VampNet.Services.Hosting.Telemetry.Rpc;

/// <summary>What happened to the gRPC calls of a server (docs/telemetry.md).</summary>
public sealed class RpcMetrics
{
    private readonly StageName _stage;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _refusals;

    public RpcMetrics(IMeterFactory meters, StageName stage)
    {
        _stage = stage;
        var meter = meters.Create("VampNet.Rpc");
        _duration = meter.CreateHistogram("rpc.server.call.duration", "s", "Duration of incoming calls.", tags: null, Buckets.Seconds);
        _refusals = meter.CreateCounter<long>("vampnet.rpc.refusals", "{call}", "Calls that were not done, by reason.");
    }

    /// <param name="method">full name without leading slash, such as vampnet.codec.v1.CodecService/Encode</param>
    public void Ended(string method, StatusCode status, TimeSpan elapsed)
    {
        var tags = Tags(method, status);
        if (RpcStatus.IsServerError(status))
            tags.Add("error.type", RpcStatus.Name(status));
        _duration.Record(elapsed.TotalSeconds, tags);
    }

    /// <param name="reason">in capitals, such as COMPUTE_LANE_FULL</param>
    public void Refused(string method, StatusCode status, string reason)
    {
        var tags = Tags(method, status);
        tags.Add("vampnet.reason", reason);
        _refusals.Add(1, tags);
    }

    private TagList Tags(string method, StatusCode status) => new()
    {
        { "rpc.system.name", "grpc" },
        { "rpc.method", method },
        { "rpc.response.status_code", RpcStatus.Name(status) },
        _stage.Tag,
    };
}
