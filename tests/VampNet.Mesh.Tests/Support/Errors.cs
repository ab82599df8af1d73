using Google.Rpc;
using Grpc.Core;

namespace VampNet.Mesh.Tests.Support;

/// <summary>Reads the google.rpc details of errors.</summary>
internal static class Errors
{
    private const long Http2Cancel = 8;

    /// <summary>The fields that an INVALID_ARGUMENT names.</summary>
    public static string[] Fields(this RpcException error) =>
        error.Detail<BadRequest>() is { } bad ? [.. bad.FieldViolations.Select(v => v.Field)] : [];

    public static T? Detail<T>(this RpcException error)
        where T : class, Google.Protobuf.IMessage<T>, new() => error.GetRpcStatus()?.GetDetail<T>();

    /// <summary>
    /// The status of a call that its deadline was to end while its request was open. Where the server's timer is first, by a
    /// tick, it says DEADLINE_EXCEEDED and resets the request; .NET's client drops what was said if the reset comes before it
    /// is read, and reports CANCELLED.
    /// </summary>
    public static StatusCode AtDeadline(this RpcException error) =>
        error is { StatusCode: StatusCode.Cancelled, Status.DebugException: HttpProtocolException { ErrorCode: Http2Cancel } }
            ? StatusCode.DeadlineExceeded
            : error.StatusCode;

    public static async Task<RpcException> InvalidAsync(Func<Task> call, string field)
    {
        var error = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal((StatusCode.InvalidArgument, field), (error.StatusCode, string.Join(",", error.Fields())));
        return error;
    }
}
