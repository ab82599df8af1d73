using Grpc.Core;

namespace VampNet.Gateway.Stages.Replicas;

/// <summary>Which errors say that another replica may do what this one did not.</summary>
internal static class Transience
{
    /// <summary>
    /// UNAVAILABLE, from the stage or for want of a connection; and a connection that broke off in the middle of a call,
    /// which has other codes too. What comes after the request was called off says nothing about the replica.
    /// </summary>
    public static bool IsTransient(Exception? error, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && error is RpcException rpc && (rpc.StatusCode == StatusCode.Unavailable || rpc.Status.DebugException is HttpRequestException or IOException);
}
