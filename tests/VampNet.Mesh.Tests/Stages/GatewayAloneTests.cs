using Grpc.Core;
using Grpc.Health.V1;
using VampNet.Client;
using VampNet.Mesh.Tests.Support;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>A gateway whose stages are down.</summary>
public sealed class GatewayAloneTests
{
    [Fact]
    public async Task A_gateway_without_stages_is_alive_but_not_ready()
    {
        await using var gateway = await StageHost.GatewayAsync(StageHost.Nowhere);
        var health = new Health.HealthClient(gateway.Channel);
        Assert.Equal(ServingStatus.NotServing, (await health.CheckAsync(new HealthCheckRequest())).Status);
        Assert.Equal(ServingStatus.Serving, (await health.CheckAsync(new HealthCheckRequest { Service = "liveness" })).Status);
    }

    [Fact]
    public async Task A_gateway_without_stages_says_unavailable_in_the_pipeline_and_on_every_route()
    {
        await using var gateway = await StageHost.GatewayAsync(StageHost.Nowhere, "--Replicas:WaitSeconds=0");
        using var client = new VampNetClient(gateway.Address);
        await AssertUnavailableAsync(() => client.RunAsync(Vamps.Config(), Sounds.Chord(0.1)));
        await AssertUnavailableAsync(() => client.EncodeAsync(new MemoryStream(Sounds.Chord(0.1))));
        await AssertUnavailableAsync(() => client.TrackBeatsAsync(new MemoryStream(Sounds.Chord(0.1))));
        await AssertUnavailableAsync(() => client.GetModelAsync(GeneratorStage.Coarse));
        await AssertUnavailableAsync(() => client.GetModelAsync(GeneratorStage.Fine));
    }

    private static async Task AssertUnavailableAsync(Func<Task> call) =>
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(call)).StatusCode);
}
