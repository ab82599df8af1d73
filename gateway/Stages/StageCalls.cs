using Grpc.Core;
using VampNet.Services.Hosting.Admission;

namespace VampNet.Gateway.Stages;

/// <summary>Calls to stages on behalf of a caller.</summary>
internal static class StageCalls
{
    /// <summary>The stages get the caller's deadline and tenant, and end with the call.</summary>
    public static CallOptions StageOptions(this ServerCallContext context) =>
        new(Tenant.Of(context)?.ToMetadata(), deadline: context.Deadline == DateTime.MaxValue
            ? null
            : context.Deadline, cancellationToken: context.CancellationToken);

    /// <summary>The tenant that calls are made for, as the stages are told; empty = none was named.</summary>
    public static string OnBehalfOf(this CallOptions options) => options.Headers is { Count: > 0 } headers ? headers[0].Value : "";
}
