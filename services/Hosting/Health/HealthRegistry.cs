using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace VampNet.Services.Hosting.Health;

/// <summary>
/// What this process answers to health checks, per service name. The server as a whole (the empty name) serves when
/// every service of it does; <see cref="Liveness"/> serves as long as the process answers at all.
/// </summary>
public sealed class HealthRegistry
{
    /// <summary>Asks whether the process is alive, not whether it is ready: for Kubernetes' liveness and startup probes.</summary>
    public const string Liveness = "liveness";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ServingStatus> _services = [];
    private TaskCompletionSource _changed = NewSignal();
    private bool _isOver;

    public void Set(string service, ServingStatus status)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _services[service] = _isOver ? ServingStatus.NotServing : status;
            (changed, _changed) = (_changed, NewSignal());
        }
        changed.SetResult();
    }

    /// <summary>From now on nothing here serves, whatever loads or comes back meanwhile: the process is about to end.</summary>
    public void SetAllNotServing()
    {
        string[] services;
        lock (_lock)
        {
            _isOver = true;
            services = [.. _services.Keys];
        }
        foreach (var service in services)
            Set(service, ServingStatus.NotServing);
    }

    /// <summary>The status, <see cref="ServingStatus.ServiceUnknown"/> for a name that was never set, and a task that ends at the next change of any.</summary>
    public (ServingStatus Status, Task Changed) Get(string service)
    {
        lock (_lock)
        {
            var status = service switch
            {
                "" => Overall(),
                Liveness => ServingStatus.Serving,
                _ => _services.GetValueOrDefault(service, ServingStatus.ServiceUnknown),
            };
            return (status, _changed.Task);
        }
    }

    private ServingStatus Overall() =>
        _services.Count > 0 && _services.Values.All(s => s == ServingStatus.Serving) ? ServingStatus.Serving : ServingStatus.NotServing;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
