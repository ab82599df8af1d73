using System.Diagnostics;
using System.Diagnostics.Metrics;
using Grpc.Core;

namespace VampNet.Services.Hosting.Telemetry;

/// <summary>What happened to the gRPC calls of a server (docs/telemetry.md).</summary>
internal sealed class RpcMetrics
{
    private readonly StageName _stage;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _refusals;
    private readonly UpDownCounter<long> _active;

    public RpcMetrics(IMeterFactory meters, StageName stage)
    {
        _stage = stage;
        var meter = meters.Create("VampNet.Rpc");
        _duration = meter.CreateHistogram("rpc.server.call.duration", "s", "Duration of incoming calls.", tags: null, Buckets.Seconds);
        _refusals = meter.CreateCounter<long>("vampnet.rpc.refusals", "{call}", "Calls that were not done, by reason.");
        _active = meter.CreateUpDownCounter<long>("vampnet.rpc.active", "{call}", "Calls at work, each in a place of the server.");
    }

    /// <summary>A call is over.</summary>
    /// <param name="method">full name without leading slash, such as vampnet.codec.v1.CodecService/Encode</param>
    /// <param name="status">as the caller sees it</param>
    /// <param name="elapsed">since the call came</param>
    public void Ended(string method, StatusCode status, TimeSpan elapsed)
    {
        var tags = Tags(method, status);
        if (RpcStatus.IsServerError(status))
            tags.Add("error.type", RpcStatus.Name(status));
        _duration.Record(elapsed.TotalSeconds, tags);
    }

    /// <summary>A call got a place.</summary>
    /// <param name="method">as the server has it, with leading slash</param>
    public void Admitted(string method) => Count(method, 1);

    /// <summary>A call gave its place back.</summary>
    /// <inheritdoc cref="Admitted"/>
    public void Left(string method) => Count(method, -1);

    /// <summary>A call was not done.</summary>
    /// <param name="method">as for <see cref="Ended"/></param>
    /// <param name="status">as the caller sees it</param>
    /// <param name="reason">in capitals, such as QUEUE_FULL</param>
    public void Refused(string method, StatusCode status, string reason)
    {
        var tags = Tags(method, status);
        tags.Add("vampnet.reason", reason);
        _refusals.Add(1, tags);
    }

    private void Count(string method, int calls) =>
        _active.Add(calls, new("rpc.system.name", "grpc"), new("rpc.method", method.TrimStart('/')), _stage.Tag);

    private TagList Tags(string method, StatusCode status) => new()
    {
        { "rpc.system.name", "grpc" },
        { "rpc.method", method },
        { "rpc.response.status_code", RpcStatus.Name(status) },
        _stage.Tag,
    };
}
