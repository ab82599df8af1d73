using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;

namespace VampNet.Services.Hosting.Errors;

/// <summary>Reads the google.rpc details of errors.</summary>
public static class ErrorDetails
{
    /// <summary>The detail of one kind; null where there is none that can be read: it may come from a stranger.</summary>
    public static T? GetDetail<T>(this RpcException error)
        where T : class, IMessage<T>, new()
    {
        try
        {
            return error.GetRpcStatus()?.GetDetail<T>();
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>The reason that a server of the mesh gave, such as DRAINING; null = none.</summary>
    public static string? Reason(this RpcException error) =>
        error.GetDetail<ErrorInfo>() is { Domain: RpcErrors.Domain } info ? info.Reason : null;
}
