using System.Net;
using Grpc.Core;
using Grpc.Health.V1;
using VampNet.Mesh.Tests.Support;
using VampNet.Model.Sampling;
using VampNet.Protos.Generator.V1;
using VampNet.Services.CoarseGenerator;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace VampNet.Mesh.Tests.Stages;

public sealed class HealthTests
{
    private static readonly HealthCheckRequest Generator = new() { Service = CoarseGeneratorService.Descriptor.FullName };

    private HeldGenerator Model { get; } = new();

    public HealthTests() => Model.Loaded.Reset();

    [Fact]
    public async Task A_stage_is_ready_once_its_model_is_loaded()
    {
        await using var stage = await ListenAsync();
        var health = new Health.HealthClient(stage.Channel);
        using var watch = health.Watch(Generator);
        Assert.Equal(ServingStatus.NotServing, await NextAsync(watch));
        Assert.Equal(ServingStatus.NotServing, (await health.CheckAsync(new HealthCheckRequest())).Status);
        Assert.Equal(ServingStatus.Serving, (await health.CheckAsync(new HealthCheckRequest { Service = "liveness" })).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ProbeAsync(stage.Address));

        Model.Loaded.Set();
        Assert.Equal(ServingStatus.Serving, await NextAsync(watch));
        Assert.Equal(ServingStatus.Serving, (await health.CheckAsync(Generator)).Status);
        Assert.Equal(ServingStatus.Serving, (await health.CheckAsync(new HealthCheckRequest())).Status);
        Assert.Equal(HttpStatusCode.OK, await ProbeAsync(stage.Address));

        var stopping = stage.StopAsync();
        Assert.Equal(ServingStatus.NotServing, await NextAsync(watch));
        Assert.False(await watch.ResponseStream.MoveNext());
        await stopping;
    }

    [Fact]
    public async Task An_unknown_service_is_not_found_and_watched_as_unknown()
    {
        await using var stage = await ListenAsync();
        var health = new Health.HealthClient(stage.Channel);
        var unknown = new HealthCheckRequest { Service = "no.such.Service" };
        Assert.Equal(
            StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => health.CheckAsync(unknown).ResponseAsync)).StatusCode);
        using var watch = health.Watch(unknown);
        Assert.Equal(ServingStatus.ServiceUnknown, await NextAsync(watch));
    }

    [Fact]
    public async Task Before_the_model_is_loaded_calls_are_unavailable_with_a_hint_when_to_retry()
    {
        await using var stage = await ListenAsync();
        var error = await Assert.ThrowsAsync<RpcException>(
            () => new CoarseGeneratorService.CoarseGeneratorServiceClient(stage.Channel).GetModelAsync(new GetModelRequest())
                .ResponseAsync);
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Equal("MODEL_LOADING", error.Detail<Google.Rpc.ErrorInfo>()?.Reason);
        Assert.True(error.Detail<Google.Rpc.RetryInfo>()?.RetryDelay.ToTimeSpan() > TimeSpan.Zero);
    }

    private Task<StageHost> ListenAsync() =>
        StageHost.ListenAsync(b => b.AddCoarseGenerator().UseModel<ITokenGenerator>(Model), a => a.MapCoarseGenerator());

    private static async Task<ServingStatus> NextAsync(AsyncServerStreamingCall<HealthCheckResponse> watch)
    {
        Assert.True(await watch.ResponseStream.MoveNext());
        return watch.ResponseStream.Current.Status;
    }

    private static async Task<HttpStatusCode> ProbeAsync(Uri address)
    {
        using var http = new HttpClient
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await http.GetAsync(new Uri(address, "/healthz"));
        return response.StatusCode;
    }
}

[Collection(MeshTests.Name)]
public sealed class GatewayHealthTests(Support.Mesh mesh)
{
    [Theory]
    [InlineData("")]
    [InlineData("vampnet.vamp.v1.VampService")]
    [InlineData("vampnet.live.v1.LiveService")]
    [InlineData("vampnet.codec.v1.CodecService")]
    [InlineData("vampnet.generator.v1.CoarseGeneratorService")]
    [InlineData("vampnet.generator.v1.FineGeneratorService")]
    [InlineData("vampnet.beats.v1.BeatService")]
    public async Task The_gateway_serves_while_every_stage_does(string service)
    {
        var health = new Health.HealthClient(mesh.Channel);
        Assert.Equal(ServingStatus.Serving, (await health.CheckAsync(new HealthCheckRequest { Service = service })).Status);
    }
}
