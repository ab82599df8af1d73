using Grpc.Core;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using VampNet.Services.Hosting.Calls;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace VampNet.Services.Hosting.Health;

/// <summary>
/// The standard gRPC health service. The server as a whole (the empty name) serves when every service of its own does;
/// <see cref="Liveness"/> serves as long as the process answers at all.
/// </summary>
// Not Grpc.AspNetCore.HealthChecks: it polls once a second or less, and the gateway has to hear of changes at once.
public sealed class HealthRegistry : HealthServiceImpl, IDisposable
{
    /// <summary>Asks whether the process is alive, not whether it is ready: for Kubernetes' liveness and startup probes.</summary>
    public const string Liveness = "liveness";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ServingStatus> _services = [];
    private readonly HashSet<string> _routed = []; // those of them that other processes serve
    private readonly SortedDictionary<string, string> _details = [];
    private readonly CancellationTokenSource _end = new();

    /// <summary>A server of which nothing serves yet but <see cref="Liveness"/>.</summary>
    public HealthRegistry()
    {
        SetStatus("", ServingStatus.NotServing);
        SetStatus(Liveness, ServingStatus.Serving);
    }

    /// <summary>Whether every service of this process' own serves.</summary>
    internal bool IsServing
    {
        get
        {
            lock (_lock)
                return _services.Count > _routed.Count
                    && _services.Keys.Except(_routed).All(service => Get(service) == ServingStatus.Serving);
        }
    }

    /// <summary>What is worth knowing about the readiness of this process beside its statuses, for people.</summary>
    internal IReadOnlyList<string> Details
    {
        get
        {
            lock (_lock)
                return [.. _details.Values];
        }
    }

    /// <summary>The process is about to end: nothing of it is said to serve any more.</summary>
    internal bool IsDraining { get; private set; }

    /// <summary>Ends with those who watch or listen: they would otherwise keep a process alive that is about to end.</summary>
    internal CancellationToken Ended => _end.Token;

    /// <summary>The process has run out of something, and nothing of it serves as long as that lasts.</summary>
    internal bool IsShort
    {
        get;
        set
        {
            lock (_lock)
            {
                field = value;
                Publish();
            }
        }
    }

    /// <summary>The status of a service; <see cref="ServingStatus.ServiceUnknown"/> for one that was never set.</summary>
    public ServingStatus Get(string service)
    {
        lock (_lock)
        {
            var status = _services.GetValueOrDefault(service, ServingStatus.ServiceUnknown);
            return status == ServingStatus.Serving && (IsShort || IsDraining) ? ServingStatus.NotServing : status;
        }
    }

    /// <summary>
    /// Notes the status of a service and tells it to all who watch. When the process is about to end it stays NOT_SERVING, whatever is set.
    /// </summary>
    /// <param name="service">The full name of the service, such as vampnet.codec.v1.CodecService.</param>
    /// <param name="status">The status of that service alone.</param>
    public void Set(string service, ServingStatus status)
    {
        lock (_lock)
        {
            _services[service] = status;
            Publish();
        }
    }

    /// <summary>As <see cref="Set"/>, for a service of other processes that this one routes to: it does not count for the server.</summary>
    /// <param name="service">The full name of the service.</param>
    /// <param name="status">Whether any of the processes serves it.</param>
    public void SetRouted(string service, ServingStatus status)
    {
        lock (_lock)
        {
            _routed.Add(service);
            Set(service, status);
        }
    }

    /// <summary>Says something about the readiness of this process that is no status; null = no more.</summary>
    /// <param name="about">What the detail is about; it takes the place of the one before about the same.</param>
    /// <param name="detail">The detail for people; null = there is none any more.</param>
    public void SetDetail(string about, string? detail)
    {
        lock (_lock)
        {
            if (detail is null)
                _details.Remove(about);
            else
                _details[about] = detail;
        }
    }

    /// <summary>From now on nothing here serves, whatever loads or comes back meanwhile: the process is about to end.</summary>
    internal void SetAllNotServing()
    {
        lock (_lock)
        {
            IsDraining = true;
            Publish();
        }
    }

    /// <summary>Whoever watches is told no more.</summary>
    internal void End() => _end.Cancel();

    /// <summary>Sends the status of a service, then every change of it, until the caller leaves or the process refuses calls.</summary>
    public override async Task Watch(
        HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        // Watchers would otherwise keep a stopping server alive until its shutdown times out.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, _end.Token);
        try
        {
            await base.Watch(request, responseStream, new LinkedCallContext(context, either.Token));
        }
        finally
        {
            // Where writing failed, the watcher is still there: the end of the token is what removes it.
            await either.CancelAsync();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _end.Dispose();

    /// <summary>Tells all who watch; within the lock.</summary>
    private void Publish()
    {
        foreach (var service in _services.Keys)
            SetStatus(service, Get(service));
        SetStatus("", IsServing ? ServingStatus.Serving : ServingStatus.NotServing);
    }
}

/// <summary>The start of a stage, for hosts that wait for it.</summary>
public interface IStageStartup
{
    /// <summary>Ends when the stage serves; fails with what kept it from loading.</summary>
    Task Ready { get; }
}
