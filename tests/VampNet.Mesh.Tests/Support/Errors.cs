using Google.Rpc;
using Grpc.Core;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Mesh.Tests.Support;

/// <summary>Reads the google.rpc details of errors.</summary>
internal static class Errors
{
    /// <summary>The fields that an INVALID_ARGUMENT names.</summary>
    public static string[] Fields(this RpcException error) =>
        error.Detail<BadRequest>() is { } bad ? [.. bad.FieldViolations.Select(v => v.Field)] : [];

    public static T? Detail<T>(this RpcException error)
        where T : class, Google.Protobuf.IMessage<T>, new()
    {
        var bytes = error.Trailers.GetValueBytes(RpcErrors.DetailsTrailer);
        var any = bytes is null ? null : Google.Rpc.Status.Parser.ParseFrom(bytes).Details.FirstOrDefault(d => d.Is(new T().Descriptor));
        return any?.Unpack<T>();
    }

    public static async Task<RpcException> InvalidAsync(Func<Task> call, string field)
    {
        var error = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal((StatusCode.InvalidArgument, field), (error.StatusCode, string.Join(",", error.Fields())));
        return error;
    }
}
