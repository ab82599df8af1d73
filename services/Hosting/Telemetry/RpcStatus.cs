using Grpc.Core;

namespace VampNet.Services.Hosting.Telemetry;

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

    /// <summary>Whether it is the server that failed; other codes say that the caller's request was at fault, or was called off.</summary>
    public static bool IsServerError(StatusCode code) =>
        code is StatusCode.Unknown or StatusCode.DeadlineExceeded or StatusCode.Unimplemented or StatusCode.Internal or StatusCode.Unavailable or StatusCode.DataLoss;
}
