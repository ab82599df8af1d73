using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using VampNet.Client;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Codec.V1;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>The audio of a tenant on disk is bounded, that of all too.</summary>
[Collection(MeshTests.Name)]
public sealed class DiskTests(Support.Mesh mesh)
{
    private const int Limit = 600_000, Half = 300_000;

    [Fact]
    public async Task A_call_that_alone_is_more_than_a_tenant_may_have_is_refused_for_good()
    {
        await using var stage = await StageHost.CodecAsync(mesh.Package.Folder, settings: $"--Limits:MaxDiskBytesPerTenant={Limit}");
        using var call = await UploadAsync(stage, "a", Limit + 1);
        await RefusedAsync(call, "TENANT_DISK_FULL", $"this tenant's audio would have more than {Limit} bytes on disk here", later: false);
        await stage.AtWorkAsync(0);
        Assert.Equal(0, await OnDiskAsync(stage));
    }

    [Fact]
    public async Task Calls_of_a_tenant_share_what_it_may_have_and_others_have_their_own()
    {
        await using var stage = await StageHost.CodecAsync(mesh.Package.Folder, settings: $"--Limits:MaxDiskBytesPerTenant={Limit}");
        using var first = await UploadAsync(stage, "a", Half + 1);
        await UntilOnDiskAsync(stage, Half + 1);
        using var second = await UploadAsync(stage, "a", Half);
        await RefusedAsync(second, "TENANT_DISK_FULL", "until other calls end", later: true);
        using var other = await UploadAsync(stage, "b", Half);
        await UntilOnDiskAsync(stage, Half + 1 + Half);
        first.Dispose();
        await UntilOnDiskAsync(stage, Half);
        using var third = await UploadAsync(stage, "a", Half);
        await UntilOnDiskAsync(stage, 2 * Half);
    }

    [Fact]
    public async Task Tenants_together_have_no_more_than_the_server()
    {
        await using var stage = await StageHost.CodecAsync(
            mesh.Package.Folder, settings: [$"--Limits:MaxDiskBytes={Limit}", $"--Limits:MaxDiskBytesPerTenant={Limit}"]);
        using var first = await UploadAsync(stage, "a", Half + 1);
        await UntilOnDiskAsync(stage, Half + 1);
        using var second = await UploadAsync(stage, "b", Half);
        await RefusedAsync(second, "DISK_FULL", "until other calls end", later: true);
    }

    /// <summary>Decoding takes no upload, but the file that it makes lies on disk until its header is known.</summary>
    [Fact]
    public async Task What_is_made_counts_as_what_was_sent_does()
    {
        await using var stage = await StageHost.CodecAsync(mesh.Package.Folder, settings: "--Limits:MaxDiskBytesPerTenant=1000");
        using var client = new VampNetClient(stage.Address);
        var error = await Assert.ThrowsAsync<RpcException>(() => client.DecodeAsync(
            Tokens.Of(14, 100, i => i % 1024), new DecodeConfig { Output = new OutputFormat { Encoding = OutputEncoding.Flac } },
            Stream.Null));
        Assert.Equal((StatusCode.ResourceExhausted, "TENANT_DISK_FULL"), (error.StatusCode, error.Detail<ErrorInfo>()?.Reason));
    }

    /// <summary>A call whose upload goes on.</summary>
    private static async Task<AsyncDuplexStreamingCall<EncodeRequest, EncodeResponse>> UploadAsync(
        StageHost stage, string tenant, int bytes)
    {
        var call = new CodecService.CodecServiceClient(stage.Channel).Encode(new Metadata { { "x-vampnet-tenant", tenant } });
        await call.RequestStream.WriteAsync(new EncodeRequest { Config = new EncodeConfig() });
        await call.RequestStream.WriteAsync(new EncodeRequest { Audio = ByteString.CopyFrom(new byte[bytes]) });
        return call;
    }

    private static async Task RefusedAsync(
        AsyncDuplexStreamingCall<EncodeRequest, EncodeResponse> call, string reason, string message, bool later)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal((StatusCode.ResourceExhausted, reason), (error.StatusCode, error.Detail<ErrorInfo>()?.Reason));
        Assert.Contains(message, error.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(later, error.Detail<RetryInfo>() is not null);
    }

    private static async Task UntilOnDiskAsync(StageHost stage, long bytes)
    {
        while (await OnDiskAsync(stage) != bytes)
            await Task.Yield();
    }

    private static async Task<double> OnDiskAsync(StageHost stage) =>
        (await PrometheusPage.GetAsync(stage.Address)).Sum("vampnet_disk_usage_bytes");
}
