using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Services.Hosting.Telemetry.Rpc;

/// <summary>Why a server of the mesh would not do what it was asked for.</summary>
internal static class RefusalReason
{
    /// <summary>Fields that break the contract.</summary>
    public const string InvalidRequest = "INVALID_REQUEST";

    /// <summary>The reason in the error's details, such as COMPUTE_LANE_FULL; null where the call failed for another cause than a refusal.</summary>
    public static string? Of(RpcException error) =>
        Details(error).FirstOrDefault(detail => detail.Domain == RpcErrors.Domain)?.Type
        ?? (error.StatusCode == StatusCode.InvalidArgument ? InvalidRequest : null);

    private static List<ErrorInfo> Details(RpcException error)
    {
        try
        {
            var bytes = error.Trailers.GetValueBytes(RpcErrors.DetailsTrailer);
            return bytes is null ? [] : Google.Rpc.Status.Parser.ParseFrom(bytes).Details.Where(d => d.Is(ErrorInfo.Descriptor)).Select(d => d.Unpack<ErrorInfo>()).ToList();
        }
        catch (InvalidProtocolBufferException)
        {
            return []; // not ours: what a stage sent
        }
    }
}
