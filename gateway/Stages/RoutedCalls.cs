using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using VampNet.Gateway.Replicas;
using VampNet.Services.Hosting.Drain;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.Stages;

/// <summary>
/// Calls that the gateway only routes. One whose replica is lost, or says nothing for too long, and one that outlasts the end of this
/// gateway, ends with UNAVAILABLE, so that its caller, who has the request, may send it again.
/// </summary>
internal sealed class RoutedCalls(PendingStepsLoadBalancingPolicy policy, DrainCoordinator drain, RequestDrain rest)
{
    public async Task ForwardAsync(HttpContext context, RequestDelegate next)
    {
        if (drain.RefusesCalls)
        {
            await rest.EndAsync(context, DrainCoordinator.Refused());
            return;
        }
        var gone = context.RequestAborted;
        using var call = new RoutedCall(gone, drain.GraceEnded);
        context.Features.Set(call);
        context.RequestAborted = call.End;
        if (context.Features.Get<IHttpResetFeature>() is { } reset)
            context.Features.Set<IHttpResetFeature>(new UnavailableReset(reset, gone));
        var proxy = context.GetReverseProxyFeature();
        var cluster = proxy.Route.Cluster!;
        await policy.WaitAsync(cluster, call.End);
        // As the cluster is after the wait: the replica that came may be new.
        if (policy.PickDestination(context, cluster, cluster.DestinationsState.AvailableDestinations) is { } chosen)
            proxy.AvailableDestinations = chosen;
        await next(context);
        context.RequestAborted = gone;
        if (context.GetForwarderErrorFeature() is not { } error || gone.IsCancellationRequested || context.Response.HasStarted)
            return;
        await rest.EndAsync(context, error.Exception switch
        {
            RpcException refusal => refusal, // of what it would have cost
            _ when drain.GraceEnded.IsCancellationRequested => DrainCoordinator.HandedBack(),
            _ => call.Abandoned ?? RpcErrors.Retry(StatusCode.Unavailable, "the replica was lost", "REPLICA_LOST"),
        });
    }

    /// <summary>
    /// A response that has begun cannot say more: its stream is reset, with the one code that gRPC libraries of all languages read as
    /// UNAVAILABLE. (Trailers would do only between two messages, and the proxy knows of no messages.)
    /// </summary>
    private sealed class UnavailableReset(IHttpResetFeature reset, CancellationToken gone) : IHttpResetFeature
    {
        private const int RefusedStream = 7; // RFC 9113, 7

        public void Reset(int errorCode) => reset.Reset(gone.IsCancellationRequested ? errorCode : RefusedStream);
    }
}

/// <summary>One call that is routed, until its caller, its replica or this gateway is gone.</summary>
internal sealed class RoutedCall(CancellationToken gone, CancellationToken graceEnded) : IDisposable
{
    private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(gone, graceEnded);
    private CancellationTokenRegistration _registration;
    private ReplicaWork? _work;

    public CancellationToken End => _end.Token;

    /// <summary>What its caller is told where its replica has said nothing for too long; null where that is not so.</summary>
    public RpcException? Abandoned => _work is { Abandoned.IsCancellationRequested: true } work ? work.Replica.Abandoned() : null;

    /// <summary>It went to this replica, and ends when that is abandoned.</summary>
    public void EndsWith(ReplicaWork work)
    {
        _work = work;
        _registration = work.Abandoned.Register(_end.Cancel);
    }

    public void Dispose()
    {
        _registration.Dispose();
        _end.Dispose();
    }
}
