using Grpc.Core;
using Grpc.Health.V1;
using VampNet.Core;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>The gateway's readiness follows its stages'.</summary>
public sealed class StageLossTests
{
    [Fact]
    public async Task A_stage_that_goes_away_is_missed_until_it_is_back()
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
