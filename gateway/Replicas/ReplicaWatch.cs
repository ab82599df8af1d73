using System.Diagnostics;
using Grpc.Core;
using Grpc.Health.V1;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace VampNet.Gateway.Replicas;

/// <summary>Hears from a replica whether it serves, until it is retired.</summary>
/// <param name="service">what the stage calls its service</param>
/// <param name="changed">called after each change of its state</param>
internal sealed class ReplicaWatch(string stage, string service, Replica replica, Action changed, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly Health.HealthClient _health = new(replica.Channel);

    public async Task RunAsync(CancellationToken stopping)
    {
        // Calls below a span that nobody records are in no trace.
        using var untraced = new Activity("watch").Start();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, replica.Retired);
        var told = false;
        while (!end.IsCancellationRequested)
        {
            try
            {
                using var call = _health.Watch(new HealthCheckRequest { Service = service }, cancellationToken: end.Token);
                await foreach (var response in call.ResponseStream.ReadAllAsync(end.Token))
                {
                    told = false;
                    Note(response.Status == ServingStatus.Serving ? ReplicaState.Serving : ReplicaState.NotServing);
                }
            }
            catch (Exception error) when (end.IsCancellationRequested && error is RpcException or OperationCanceledException)
            {
                return;
            }
            catch (RpcException error)
            {
                if (!told)
                    ReplicaLog.Lost(logger, stage, replica.Address, error.Status.Detail);
                told = true;
                Note(ReplicaState.Unknown);
            }
            await Task.Delay(Retry, time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
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
