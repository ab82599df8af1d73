using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VampNet.Client;
using VampNet.Gateway;
using VampNet.Mesh.Tests.Support;
using VampNet.Services.Hosting;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>A gateway whose stages are down.</summary>
public sealed class GatewayAloneTests : IAsyncLifetime
{
    private WebApplication? _gateway;

    private Uri Address => new(_gateway!.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public async Task InitializeAsync()
    {
        // Port 1 of the loopback is nobody's.
        string[] nowhere = ["Codec", "CoarseGenerator", "FineGenerator", "BeatTracker"];
        var builder = WebApplication.CreateSlimBuilder(["--Urls=http://127.0.0.1:0", .. nowhere.Select(stage => $"--Stages:{stage}=http://127.0.0.1:1")]);
        builder.Logging.ClearProviders();
        builder.AddStageDefaults(port: 0);
        builder.AddGateway();
        _gateway = builder.Build();
        _gateway.MapStageDefaults();
        _gateway.MapGateway();
        await _gateway.StartAsync();
    }

    public async Task DisposeAsync() => await _gateway!.DisposeAsync();

    [Fact]
    public async Task IsAliveButNotReady()
    {
        using var channel = GrpcChannel.ForAddress(Address);
        var health = new Health.HealthClient(channel);
        Assert.Equal(ServingStatus.NotServing, (await health.CheckAsync(new HealthCheckRequest())).Status);
        Assert.Equal(ServingStatus.Serving, (await health.CheckAsync(new HealthCheckRequest { Service = "liveness" })).Status);
    }

    [Fact]
    public async Task SaysUnavailableInThePipelineAndOnEveryRoute()
    {
        using var client = new VampNetClient(Address);
        await AssertUnavailableAsync(() => client.RunAsync(Vamps.Config(), Sounds.Chord(0.1)));
        await AssertUnavailableAsync(() => client.EncodeAsync(new MemoryStream(Sounds.Chord(0.1))));
        await AssertUnavailableAsync(() => client.TrackBeatsAsync(new MemoryStream(Sounds.Chord(0.1))));
        await AssertUnavailableAsync(() => client.GetModelAsync(GeneratorStage.Coarse));
        await AssertUnavailableAsync(() => client.GetModelAsync(GeneratorStage.Fine));
    }

    private static async Task AssertUnavailableAsync(Func<Task> call) =>
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(call)).StatusCode);
}
