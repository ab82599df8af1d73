using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using VampNet.Client;
using VampNet.Mesh.Tests.Support;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>A gateway whose stages are down.</summary>
public sealed class GatewayAloneTests
{
    // Port 1 of the loopback is nobody's.
    private const string Nowhere = "http://127.0.0.1:1";

    [Fact]
    public async Task Is_alive_but_not_ready()
    {
        await using var gateway = new GatewayServer(Nowhere);
        await gateway.StartAsync();
        using var channel = GrpcChannel.ForAddress(gateway.Address);
        var health = new Health.HealthClient(channel);
        Assert.Equal(ServingStatus.NotServing, (await health.CheckAsync(new HealthCheckRequest())).Status);
        Assert.Equal(ServingStatus.Serving, (await health.CheckAsync(new HealthCheckRequest { Service = "liveness" })).Status);
    }

    [Fact]
    public async Task Says_unavailable_in_the_pipeline_and_on_every_route()
    {
        await using var gateway = new GatewayServer(Nowhere);
        await gateway.StartAsync();
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
