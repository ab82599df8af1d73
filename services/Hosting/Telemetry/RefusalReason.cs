using Grpc.Core;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Services.Hosting.Telemetry;

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
