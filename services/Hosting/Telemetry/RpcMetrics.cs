using System.Diagnostics;
using System.Diagnostics.Metrics;
using Grpc.Core;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Services.Hosting.Telemetry;

/// <summary>What happened to the gRPC calls of a server (docs/telemetry.md).</summary>
internal sealed class RpcMetrics
{
    private readonly StageName _stage;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _refusals;
    private readonly UpDownCounter<long> _active;
    private readonly UpDownCounter<long> _disk;

    public RpcMetrics(IMeterFactory meters, StageName stage)
    {
        _stage = stage;
        var meter = meters.Create("VampNet.Rpc");
        _duration = meter.CreateHistogram("rpc.server.call.duration", "s", "Duration of incoming calls.", tags: null, Buckets.Seconds);
        _refusals = meter.CreateCounter<long>("vampnet.rpc.refusals", "{call}", "Calls that were not done, by reason.");
        _active = meter.CreateUpDownCounter<long>("vampnet.rpc.active", "{call}", "Calls at work, each with a permit of the server.");
        _disk = meter.CreateUpDownCounter<long>("vampnet.disk.usage", "By", "Audio of calls on disk.");
    }

    /// <summary>A call is over.</summary>
    /// <param name="method">The full name without leading slash, such as vampnet.codec.v1.CodecService/Encode.</param>
    /// <param name="status">The status as the caller sees it.</param>
    /// <param name="elapsed">The time since the call came.</param>
    public void Ended(string method, StatusCode status, TimeSpan elapsed)
    {
        var tags = Tags(method, status);
        if (RpcStatus.IsServerError(status))
            tags.Add("error.type", RpcStatus.Name(status));
        _duration.Record(elapsed.TotalSeconds, tags);
    }

    /// <summary>A call got a permit.</summary>
    /// <param name="method">The method as the server has it, with leading slash.</param>
    public void Admitted(string method) => Count(method, 1);

    /// <summary>A call returned its permit.</summary>
    /// <inheritdoc cref="Admitted"/>
    public void Left(string method) => Count(method, -1);

    /// <summary>A call was not done.</summary>
    /// <param name="method">The method as for <see cref="Ended"/>.</param>
    /// <param name="status">The status as the caller sees it.</param>
    /// <param name="reason">The reason in capitals, such as QUEUE_FULL.</param>
    public void Refused(string method, StatusCode status, string reason)
    {
        var tags = Tags(method, status);
        tags.Add("vampnet.reason", reason);
        _refusals.Add(1, tags);
    }

    /// <summary>Audio on disk became more, or less.</summary>
    public void Spooled(long bytes) => _disk.Add(bytes, _stage.Tag);

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

/// <summary>Status codes as OpenTelemetry's conventions for gRPC have them.</summary>
internal static class RpcStatus
{
    private static readonly string[] Names =
    [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
            "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ];

    /// <summary>Such as INVALID_ARGUMENT.</summary>
    public static string Name(StatusCode code) =>
        (int)code >= 0 && (int)code < Names.Length ? Names[(int)code] : Names[(int)StatusCode.Unknown];

    /// <summary>Whether it is the server that failed; other codes say that the caller's request was at fault, or was cancelled.</summary>
    public static bool IsServerError(StatusCode code) =>
        code is StatusCode.Unknown or StatusCode.DeadlineExceeded or StatusCode.Unimplemented
            or StatusCode.Internal or StatusCode.Unavailable or StatusCode.DataLoss;
}

/// <summary>Why a server of the mesh would not do what it was asked for.</summary>
internal static class RefusalReason
{
    /// <summary>Fields that break the contract.</summary>
    public const string InvalidRequest = "INVALID_REQUEST";

    /// <summary>
    /// The reason in the error's details, such as QUEUE_FULL; null where the call failed for another cause than a refusal.
    /// </summary>
    public static string? Of(RpcException error) =>
        error.Reason() ?? (error.StatusCode == StatusCode.InvalidArgument ? InvalidRequest : null);
}
