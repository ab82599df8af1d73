using Google.Rpc;
using Grpc.Core;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.Replicas;

/// <summary>Which errors of a replica are worth another attempt: elsewhere, or later.</summary>
internal static class RetryClassifier
{
    // What a stage asks for is bounded, whatever it asks for: never at once, and never so late that its place stays empty.
    private const double Shortest = 0.01, Longest = 30; // seconds

    /// <summary>
    /// RESOURCE_EXHAUSTED, but only where it gives the reason and the time: gRPC itself says so too of a message that is too
    /// large, and that stays too large.
    /// </summary>
    /// <returns>when to come back; null where the error says something else</returns>
    public static TimeSpan? RetryDelay(Exception? error)
    {
        if (error is not RpcException { StatusCode: StatusCode.ResourceExhausted } full || full.Reason() is null)
            return null;
        var delay = full.GetDetail<RetryInfo>()?.RetryDelay;
        return delay is null ? null : TimeSpan.FromSeconds(Math.Clamp(delay.Seconds + (delay.Nanos * 1e-9), Shortest, Longest));
    }

    /// <summary>
    /// UNAVAILABLE, from the stage or for want of a connection; and a connection that broke off in the middle of a call,
    /// which has other codes too. What comes after the request was cancelled says nothing about the replica.
    /// </summary>
    public static bool IsTransient(Exception? error, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && error is RpcException rpc
            && (rpc.StatusCode == StatusCode.Unavailable || rpc.Status.DebugException is HttpRequestException or IOException);
}
