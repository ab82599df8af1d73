using System.Net.Sockets;
using System.Runtime.InteropServices;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using VampNet.Audio;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Beats.V1;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Health;
using VampNet.Services.Hosting.Telemetry;
using VampNet.Testing;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>A server that runs out of something it needs.</summary>
public sealed class ShortageTests
{
    private const int Patience = 60_000; // in ms

    private static readonly Exception Full = new IOException("No space left on device", 28);

    private readonly ManualTime _time = new();

#pragma warning disable CA2201 // the runtime's own, and those of libtorch
    public static TheoryData<Exception, string> Shortages => new()
    {
        { Full, "OUT_OF_SPACE" },
        { new TemporaryFileException(Full), "OUT_OF_SPACE" },
        { new TemporaryFileException(new IOException("Read-only file system", 30)), "OUT_OF_SPACE" },
        { new IOException("the audio encoder stopped early", Full), "OUT_OF_SPACE" },
        { new IOException("Too many open files", 24), "OUT_OF_FILES" },
        { new HttpRequestException("cannot connect", new SocketException((int)SocketError.TooManyOpenSockets)), "OUT_OF_FILES" },
        { new OutOfMemoryException(), "OUT_OF_MEMORY" },
        { new ExternalException("CUDA out of memory. Tried to allocate 2.00 GiB"), "OUT_OF_MEMORY" },
        { new ExternalException("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes"), "OUT_OF_MEMORY" },
    };
#pragma warning restore CA2201

    [Theory(Timeout = Patience), MemberData(nameof(Shortages))]
    public async Task A_stage_is_unavailable_until_it_is_over(Exception error, string reason)
    {
        await using var stage = await StartAsync(error, ShortagePolicy.Stage);
        await AssertRefusedAsync(stage, StatusCode.Unavailable, reason);
        var health = new Health.HealthClient(stage.Channel);
        Assert.Equal(ServingStatus.NotServing, (await health.CheckAsync(new HealthCheckRequest())).Status);
        using var watch = health.Watch(new HealthCheckRequest { Service = BeatService.Descriptor.FullName });
        Assert.True(await watch.ResponseStream.MoveNext());
        Assert.Equal(ServingStatus.NotServing, watch.ResponseStream.Current.Status);

        await _time.AwaitedAsync(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await watch.ResponseStream.MoveNext());
        Assert.Equal(ServingStatus.Serving, watch.ResponseStream.Current.Status);
    }

    [Fact(Timeout = Patience)]
    public async Task A_gateway_says_so_and_goes_on_serving()
    {
        await using var gateway = await StartAsync(new TemporaryFileException(Full), ShortagePolicy.Gateway);
        var error = await AssertRefusedAsync(gateway, StatusCode.ResourceExhausted, "OUT_OF_SPACE");
        Assert.Equal("the server has no room for temporary files; its log says more", error.Status.Detail);
        Assert.Equal(
            ServingStatus.Serving, (await new Health.HealthClient(gateway.Channel).CheckAsync(new HealthCheckRequest())).Status);
    }

    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(ExternalException))]
    public void Other_errors_are_none(Type error) => Assert.Null(ResourceShortage.Of((Exception?)Activator.CreateInstance(error)));

    [Fact]
    public async Task Where_temporary_files_are_to_be_and_are_not_a_stage_says_so_at_its_start_and_serves_once_they_are()
    {
        using var package = new TinyPackage();
        var folder = Path.Combine(package.Folder, "missing");
        await using var codec = new ServiceProcess("VampNet.Services.Codec", package.Folder, null, $"TMPDIR={folder}");
        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress(await codec.AddressAsync());
        await codec.ServingAsync(channel, Protos.Codec.V1.CodecService.Descriptor.FullName);
        Assert.Contains($"the folder for temporary files, {folder}/ (TMPDIR), does not exist", codec.Log, StringComparison.Ordinal);
        using var client = new VampNet.Client.VampNetClient(channel);
        var error = await Assert.ThrowsAsync<RpcException>(() => client.EncodeAsync(new MemoryStream(Sounds.Chord(0.5))));
        Assert.Equal((StatusCode.Unavailable, "OUT_OF_SPACE"), (error.StatusCode, error.Reason()));
        Assert.DoesNotContain(folder, error.Status.Detail, StringComparison.Ordinal); // the log is for those who run it

        Directory.CreateDirectory(folder);
        await codec.ServingAsync(channel, Protos.Codec.V1.CodecService.Descriptor.FullName);
        await client.EncodeAsync(new MemoryStream(Sounds.Chord(0.5)));
    }

    private Task<StageHost> StartAsync(Exception error, ShortagePolicy policy) => StageHost.StartAsync(
        b => b.Services.AddSingleton(new StageName("beats")).AddSingleton(policy).AddSingleton(new FailingTracker(error)),
        a =>
        {
            a.MapGrpcService<FailingTracker>();
            a.Services.GetRequiredService<HealthRegistry>().Set(BeatService.Descriptor.FullName, ServingStatus.Serving);
        },
        _time);

    private static async Task<RpcException> AssertRefusedAsync(StageHost server, StatusCode code, string reason)
    {
        var error = await Assert.ThrowsAsync<RpcException>(
            () => new BeatService.BeatServiceClient(server.Channel).GetTrackerAsync(new GetTrackerRequest()).ResponseAsync);
        Assert.Equal((code, reason), (error.StatusCode, error.Reason()));
        Assert.NotNull(error.GetDetail<Google.Rpc.RetryInfo>());
        return error;
    }

    private sealed class FailingTracker(Exception error) : BeatService.BeatServiceBase
    {
        public override Task<GetTrackerResponse> GetTracker(GetTrackerRequest request, ServerCallContext context) => throw error;
    }
}
