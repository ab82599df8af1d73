using Google.Rpc;
using Grpc.Core;

namespace VampNet.Load;

/// <summary>Keeps the accounts of a run; calls may end on any thread.</summary>
internal sealed class LoadRecorder(LoadPlan plan)
{
    /// <summary>Of a call that its schedule had come too late for, so that it was never sent.</summary>
    public static readonly RpcException NotSent = new(new Grpc.Core.Status(StatusCode.DeadlineExceeded, "not sent in time"));

    private const string NotSentReason = "NOT_SENT";

    /// <summary>So many slices has the time in which calls begin.</summary>
    internal const int Slices = 20;

    private readonly Lock _lock = new();
    private readonly LatencyHistogram _latency = new(), _first = new();
    private readonly SortedDictionary<string, Group> _kinds = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Group> _tenants = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Status, string Reason), long> _errors = [];
    private readonly SortedDictionary<int, (int Due, int Done)> _slices = [];
    private long _done, _failed;
    private double _music;

    private sealed class Group
    {
        public LatencyHistogram Latency { get; } = new();

        public long Failed { get; set; }
    }

    /// <summary>A call was answered; times are since the start of the run.</summary>
    public void Done(CallShape shape, string? tenant, TimeSpan due, TimeSpan? first, TimeSpan ended)
    {
        lock (_lock)
        {
            _done++;
            _music += shape.MusicSeconds;
            _latency.Record(ended - due);
            if (first is { } came)
                _first.Record(came - due);
            foreach (var group in Groups(shape, tenant))
                group.Latency.Record(ended - due);
            Count(due, 1, 0);
            Count(ended, 0, 1);
        }
    }

    /// <summary>A call was not answered.</summary>
    public void Failed(CallShape shape, string? tenant, TimeSpan due, Exception error)
    {
        var key = error is RpcException rpc ? ($"{rpc.StatusCode}", ReferenceEquals(rpc, NotSent) ? NotSentReason : Reason(rpc))
            : (error.GetType().Name, "");
        lock (_lock)
        {
            _failed++;
            _errors[key] = _errors.GetValueOrDefault(key) + 1;
            foreach (var group in Groups(shape, tenant))
                group.Failed++;
            Count(due, 1, 0);
        }
    }

    /// <param name="elapsed">from the start of the run to its end</param>
    public LoadResult Result(TimeSpan elapsed)
    {
        lock (_lock)
        {
            return new LoadResult
            {
                Rate = plan.Rate,
                Seconds = elapsed.TotalSeconds,
                Done = _done,
                Failed = _failed,
                MusicSeconds = _music,
                Latency = _latency.Summarize(),
                First = _first.Summarize(),
                Kinds = ToResult(_kinds),
                Tenants = ToResult(_tenants),
                Errors = [.. _errors.OrderByDescending(e => e.Value).Select(e => new CallError(e.Key.Status, e.Key.Reason, e.Value))],
                Slices =
                [
                    .. _slices.Select(
                        slice => new LoadSlice(slice.Key, SliceLength.TotalSeconds, slice.Value.Due, slice.Value.Done)),
                ],
                Latencies = _latency,
            };
        }
    }

    private TimeSpan SliceLength => plan.Duration / Slices;

    private static List<CallGroup> ToResult(SortedDictionary<string, Group> groups) =>
        [.. groups.Select(group => new CallGroup(group.Key, group.Value.Latency.Summarize(), group.Value.Failed))];

    private IEnumerable<Group> Groups(CallShape shape, string? tenant)
    {
        yield return Of(_kinds, shape.Kind);
        if (tenant is not null)
            yield return Of(_tenants, tenant);
    }

    private static Group Of(SortedDictionary<string, Group> groups, string name) =>
        groups.TryGetValue(name, out var group) ? group : groups[name] = new Group();

    private void Count(TimeSpan at, int due, int done)
    {
        var slice = (int)(at / SliceLength);
        var before = _slices.GetValueOrDefault(slice);
        _slices[slice] = (before.Due + due, before.Done + done);
    }

    private static string Reason(RpcException error)
    {
        try
        {
            return error.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason ?? "";
        }
        catch (Google.Protobuf.InvalidProtocolBufferException)
        {
            return ""; // details of a stranger
        }
    }
}
