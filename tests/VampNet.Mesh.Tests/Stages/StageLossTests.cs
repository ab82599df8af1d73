using Grpc.Core;
using Grpc.Health.V1;
using VampNet.Core;
using VampNet.Services.Hosting.Health;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>The gateway's readiness follows its stages'.</summary>
public sealed class StageLossTests
{
    [Fact]
    public async Task A_gateway_whose_stages_are_all_away_is_not_ready_until_one_is_back()
    {
        var stage = await StartStageAsync();
        await using var gateway = await StageHost.GatewayAsync(stage.Address);
        using var watch = new Health.HealthClient(gateway.Channel).Watch(new HealthCheckRequest());

        await UntilAsync(watch, ServingStatus.Serving);
        await stage.KillAsync();
        await UntilAsync(watch, ServingStatus.NotServing);
        await using var again = await StartStageAsync($"--Urls={stage.Address}");
        await UntilAsync(watch, ServingStatus.Serving);
    }

    [Fact]
    public async Task A_gateway_that_was_ready_stays_ready_when_it_loses_a_stage_and_says_which()
    {
        var (all, codec) = (await StartStageAsync(), await StartStageAsync());
        await using (all)
        {
            await using var gateway = await StageHost.GatewayAsync(all.Address, $"--Stages:Codec={codec.Address}");
            var health = new Health.HealthClient(gateway.Channel);
            using var lost = health.Watch(new HealthCheckRequest { Service = StageInfo.Codec.Service });
            await UntilAsync(lost, ServingStatus.Serving);
            using (var whole = health.Watch(new HealthCheckRequest()))
                await UntilAsync(whole, ServingStatus.Serving);
            await codec.KillAsync();
            await UntilAsync(lost, ServingStatus.NotServing);
            Assert.Equal(ServingStatus.Serving, (await health.CheckAsync(new HealthCheckRequest())).Status);
            Assert.Contains("codec: no replica serves", gateway.Get<HealthRegistry>().Details);
        }
    }

    /// <summary>A process that says that it serves every stage.</summary>
    private static async Task<StageHost> StartStageAsync(params string[] settings)
    {
        var stage = await StageHost.StartAsync(settings: settings);
        stage.Claim(StageInfo.All.Select(info => info.Service));
        return stage;
    }

    private static async Task UntilAsync(AsyncServerStreamingCall<HealthCheckResponse> watch, ServingStatus status)
    {
        while (watch.ResponseStream.Current?.Status != status)
            Assert.True(await watch.ResponseStream.MoveNext());
    }
}
