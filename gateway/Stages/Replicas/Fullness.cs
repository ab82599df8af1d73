using Google.Rpc;
using Grpc.Core;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.Stages.Replicas;

/// <summary>Which errors say that a replica has no place at the moment: elsewhere, or later.</summary>
internal static class Fullness
{
    // What a stage asks for is bounded, whatever it asks for: never at once, and never so late that its place stays empty.
    private const double Shortest = 0.01, Longest = 30; // seconds

    /// <summary>
    /// RESOURCE_EXHAUSTED, but only where it gives the reason and the time: gRPC itself says so too of a message that is too
    /// large, and that stays too large.
    /// </summary>
    /// <returns>when to come back; null where the error says something else</returns>
    public static TimeSpan? ComeBackAfter(Exception? error)
    {
        if (error is not RpcException { StatusCode: StatusCode.ResourceExhausted } full || full.Reason() is null)
            return null;
        var delay = full.GetDetail<RetryInfo>()?.RetryDelay;
        return delay is null ? null : TimeSpan.FromSeconds(Math.Clamp(delay.Seconds + (delay.Nanos * 1e-9), Shortest, Longest));
    }
}
