using Google.Protobuf;
using Grpc.Core;

namespace VampNet.Services.Hosting.Errors;

/// <summary>Reads the google.rpc details of errors.</summary>
public static class ErrorDetails
{
    /// <summary>The details of one kind; none where there are none that can be read: they may come from a stranger.</summary>
    public static IEnumerable<T> Details<T>(this RpcException error)
        where T : class, IMessage<T>, new()
    {
        try
        {
            var bytes = error.Trailers.GetValueBytes(RpcErrors.DetailsTrailer);
            var kind = new T().Descriptor;
            return bytes is null ? [] : Google.Rpc.Status.Parser.ParseFrom(bytes).Details.Where(detail => detail.Is(kind)).Select(detail => detail.Unpack<T>()).ToList();
        }
        catch (InvalidProtocolBufferException)
        {
            return [];
        }
    }

    /// <summary>The reason that a server of the mesh gave, such as DRAINING; null = none.</summary>
    public static string? Reason(this RpcException error) => error.Details<Google.Rpc.ErrorInfo>().FirstOrDefault(info => info.Domain == RpcErrors.Domain)?.Reason;
}
