using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using VampNet.Services.Hosting.Errors;
using Status = Google.Rpc.Status;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>Details of errors, as they come over the wire.</summary>
public sealed class ErrorDetailsTests
{
    [Fact]
    public void Details_are_read_by_their_kind()
    {
        var error = RpcErrors.Retry(StatusCode.ResourceExhausted, "full", "QUEUE_FULL", TimeSpan.FromSeconds(2));
        Assert.Equal((StatusCode.ResourceExhausted, "full", "QUEUE_FULL"), (error.StatusCode, error.Status.Detail, error.Reason()));
        Assert.Equal(2, error.GetDetail<RetryInfo>()!.RetryDelay.Seconds);
        Assert.Null(error.GetDetail<BadRequest>());
    }

    [Fact]
    public void Reasons_of_strangers_are_not_ours() =>
        Assert.Null(RpcErrors.Create(StatusCode.Unavailable, "", new ErrorInfo { Reason = "DRAINING", Domain = "example.com" }).Reason());

    [Fact]
    public void Details_that_cannot_be_read_are_none()
    {
        byte[] noise = [0xFF, 0xFF, 0xFF];
        var detail = new Any { TypeUrl = "type.googleapis.com/google.rpc.ErrorInfo", Value = ByteString.CopyFrom(noise) };
        var damaged = new Status { Details = { detail } };
        Assert.All([noise, damaged.ToByteArray()], details =>
        {
            var trailers = new Metadata { { MetadataExtensions.StatusDetailsTrailerName, details } };
            Assert.Null(new RpcException(new Grpc.Core.Status(StatusCode.Unavailable, ""), trailers).Reason());
        });
    }
}
