using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VampNet.Core;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Services.Hosting;
using VampNet.Services.Hosting.Health;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>The gateway's readiness follows its stages'.</summary>
public sealed class StageLossTests
{
    [Fact]
    public async Task A_stage_that_goes_away_is_missed_until_it_is_back()
    {
        var stage = await StartStageAsync("http://127.0.0.1:0");
        var address = stage.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        await using var gateway = new GatewayServer(address);
        await gateway.StartAsync();
        using var channel = GrpcChannel.ForAddress(gateway.Address);
        using var watch = new Health.HealthClient(channel).Watch(new HealthCheckRequest());

        await UntilAsync(watch, ServingStatus.Serving);
        await stage.DisposeAsync();
        await UntilAsync(watch, ServingStatus.NotServing);
        await using var again = await StartStageAsync(address);
        await UntilAsync(watch, ServingStatus.Serving);
    }

    /// <summary>A process that says that it serves every stage.</summary>
    private static async Task<WebApplication> StartStageAsync(string url)
    {
        var builder = WebApplication.CreateSlimBuilder([$"--Urls={url}"]);
        builder.Logging.ClearProviders();
        builder.AddStageDefaults(port: 0);
        var app = builder.Build();
        app.MapStageDefaults();
        var health = app.Services.GetRequiredService<HealthRegistry>();
        foreach (var service in StageInfo.All.Select(stage => stage.Service))
            health.Set(service, ServingStatus.Serving);
        await app.StartAsync();
        return app;
    }

    private static async Task UntilAsync(AsyncServerStreamingCall<HealthCheckResponse> watch, ServingStatus status)
    {
        while (watch.ResponseStream.Current?.Status != status)
            Assert.True(await watch.ResponseStream.MoveNext());
    }
}
