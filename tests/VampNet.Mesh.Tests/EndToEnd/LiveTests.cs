using Google.Rpc;
using Grpc.Core;
using VampNet.Client;
using VampNet.Core;
using VampNet.Gateway;
using VampNet.Mesh.Tests.Stages;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Live.V1;

namespace VampNet.Mesh.Tests.EndToEnd;

/// <summary>Live sessions over real sockets, at a gateway whose time stands still: however slow the machine is, no round is late.</summary>
[Collection(MeshTests.Name)]
public sealed class LiveTests(Support.Mesh mesh) : IAsyncLifetime
{
    private StageHost Gateway { get; set; } = null!;

    private VampNetClient Client { get; set; } = null!;

    public async Task InitializeAsync()
    {
        var stages = StageInfo.All.Select(stage => $"--Stages:{stage.Program}={mesh.Host.Stages[stage.Program]}");
        Gateway = await StageHost.StartAsync(b => b.AddGateway(), a => a.MapGateway(), new ManualTime(), [.. stages]);
        Client = new VampNetClient(Gateway.Address);
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await Gateway.DisposeAsync();
    }

    [Fact]
    public async Task Every_loop_is_answered_by_a_variation_of_its_length()
    {
        using var live = await Client.OpenLiveAsync(Loops.Config());
        Assert.Equal((0ul, 5ul, 1u), (live.Started.LoopSamples, live.Started.Config.Seed, live.Started.Config.Channels));
        var rounds = RoundsAsync(live);
        foreach (var length in new[] { Loops.Samples, Loops.Samples - 1_001 })
        {
            await live.SendAsync(Loops.Tone(length));
            await live.MarkAsync();
        }
        await live.CompleteAsync();
        var made = await rounds;
        Assert.Equal([(1u, 5ul), (2u, 6ul)], made.Select(r => (r.Round.Number, r.Round.Seed)));
        Assert.All(made, r => Assert.Equal((RoundKind.Variation, ""), (r.Round.Kind, r.Round.Problem)));
        Assert.All(made, r => Assert.InRange(r.Round.LatenessSeconds, -3, -2));
        Assert.Equal([Loops.Samples, Loops.Samples - 1_001], made.Select(r => r.Samples.Length));
        Assert.All(made, r => Assert.InRange(r.Samples.Max(MathF.Abs), 0.01f, 1f));
    }

    [Fact]
    public async Task The_same_loop_and_seed_sound_alike_and_begin_as_they_end()
    {
        var config = Loops.Config();
        (config.SeedPolicy, config.Tempo) = (SeedPolicy.Same, new Tempo { BeatsPerMinute = 60, BeatsPerBar = 3 });
        config.CoarseSampling.Steps = config.FineSampling.Steps = 1;
        using var live = await Client.OpenLiveAsync(config);
        Assert.Equal((ulong)Loops.Samples, live.Started.LoopSamples);
        var rounds = RoundsAsync(live);
        for (var round = 0; round < 3; round++)
            await live.SendAsync(Loops.Tone(Loops.Samples));
        await live.CompleteAsync();
        var made = await rounds;
        Assert.Equal(3, made.Count);
        Assert.Equal(made[1].Samples, made[2].Samples); // the first has nothing before it
        Assert.Equal(made[0].Samples[1_000..], made[1].Samples[1_000..]);
    }

    [Theory]
    [InlineData("config.prompt", StatusCode.InvalidArgument)]
    [InlineData("config.sample_rate", StatusCode.InvalidArgument)]
    [InlineData("config.coarse_sampling.steps", StatusCode.InvalidArgument)]
    [InlineData("config.model", StatusCode.NotFound)]
    public async Task A_session_that_cannot_be_is_refused_by_field(string field, StatusCode status)
    {
        var config = Loops.Config();
        switch (field)
        {
            case "config.prompt":
                config.Prompt = null;
                break;
            case "config.sample_rate":
                config.SampleRate = 0;
                break;
            case "config.model":
                config.Model = "nobody";
                break;
            default:
                config.CoarseSampling.Steps = -1;
                break;
        }
        var error = await Assert.ThrowsAsync<RpcException>(() => Client.OpenLiveAsync(config));
        Assert.Equal(status, error.StatusCode);
        Assert.Equal(field, error.GetRpcStatus()?.GetDetail<BadRequest>()?.FieldViolations.Single().Field);
    }

    [Fact]
    public async Task Audio_that_is_none_ends_the_session_with_its_field()
    {
        using var live = await Client.OpenLiveAsync(Loops.Config());
        await live.SendAsync(new[] { float.PositiveInfinity });
        var error = await Assert.ThrowsAsync<RpcException>(() => RoundsAsync(live));
        Assert.Equal((StatusCode.InvalidArgument, "audio"), (error.StatusCode, error.GetRpcStatus()?.GetDetail<BadRequest>()?
            .FieldViolations.Single().Field));
    }

    private static async Task<List<LiveRound>> RoundsAsync(LiveVamp live)
    {
        var rounds = new List<LiveRound>();
        await foreach (var round in live.RoundsAsync())
            rounds.Add(round);
        return rounds;
    }
}
