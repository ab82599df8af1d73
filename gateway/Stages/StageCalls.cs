using Grpc.Core;

namespace VampNet.Gateway.Stages;

/// <summary>Calls to stages on behalf of a caller.</summary>
internal static class StageCalls
{
    /// <summary>The stages get the caller's deadline and end with the call.</summary>
    public static CallOptions StageOptions(this ServerCallContext context) =>
        new(deadline: context.Deadline == DateTime.MaxValue ? null : context.Deadline, cancellationToken: context.CancellationToken);
}
