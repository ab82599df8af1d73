using Grpc.Core;
using VampNet.Client;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.AllInOne;
using VampNet.Services.Inference.Models;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>Stages that have one permit each, and tracks that need more.</summary>
[Collection(MeshTests.Name)]
public sealed class FullStageTests : IDisposable
{
    private readonly TinyPackage _package = new();

    public void Dispose() => _package.Dispose();

    [Fact]
    public async Task Tracks_that_were_admitted_wait_for_a_permit_and_come_out_as_if_alone()
    {
        await using var mesh = await StartAsync();
        using var client = new VampNetClient(mesh.Gateway);
        var sounds = Enumerable.Range(0, 3).Select(i => Sounds.Chord(0.5 + (0.1 * i), channels: 2)).ToArray();
        var alone = new List<VampResult>();
        foreach (var sound in sounds)
            alone.Add(await client.RunAsync(Config(), sound));

        var together = await Task.WhenAll(sounds.Select(sound => client.RunAsync(Config(), sound)));
        for (var i = 0; i < sounds.Length; i++)
        {
            Assert.Equal(alone[i].Channel(0), together[i].Channel(0));
            Assert.Equal(alone[i].Channel(1), together[i].Channel(1));
            Assert.Equal(alone[i].Audio, together[i].Audio);
        }
        Assert.InRange((await PrometheusPage.GetAsync(mesh.Gateway)).Sum("vampnet_gateway_put_off_total"), 1, double.MaxValue);
    }

    /// <summary>No call of a track keeps its permit while it waits for another of its own.</summary>
    [Fact]
    public async Task A_long_track_of_two_channels_needs_no_more_than_one_permit()
    {
        await using var mesh = await StartAsync();
        using var client = new VampNetClient(mesh.Gateway);
        var config = Config().With(c => (c.CoarseSampling.Steps, c.FineSampling.Steps) = (2, 1));
        var result = await client.RunAsync(config, Sounds.Chord(40, channels: 2), new CallOptions(deadline: DateTime.UtcNow.AddMinutes(2)));
        Assert.Equal(2u, result.Header.Channels);
    }

    [Fact]
    public async Task Waiting_ends_at_the_deadline()
    {
        await using var mesh = await StartAsync();
        using var client = new VampNetClient(mesh.Gateway);
        using var cancel = new CancellationTokenSource();
        var running = client.VampAsync(
            Config().With(c => c.CoarseSampling.Steps = 1_000), new MemoryStream(Sounds.Chord(8)),
            new CallOptions(cancellationToken: cancel.Token)).GetAsyncEnumerator();
        while (running.Current?.Progress?.Stage != Stage.Coarse)
            Assert.True(await running.MoveNextAsync());

        // One permit, and it is taken.
        var error = await Assert.ThrowsAsync<RpcException>(
            () => client.RunAsync(Config(), Sounds.Chord(0.5), new CallOptions(deadline: DateTime.UtcNow.AddSeconds(3))));
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        await cancel.CancelAsync();
        await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await running.MoveNextAsync())
            {
            }
        });
        await client.RunAsync(Config(), Sounds.Chord(0.5));
    }

    private Task<MeshHost> StartAsync() => MeshHost.StartAsync(new MeshHostOptions
    {
        Model = new ModelOptions { Path = _package.Folder },
        Configuration = new Dictionary<string, string> { ["Admission:MaxCalls"] = "1" },
        GatewayConfiguration = new Dictionary<string, string> { ["Admission:MaxCalls"] = "8", ["Admission:MaxCallsPerTenant"] = "8" },
    });

    // Two windows at once, whose generators have one permit.
    private static VampConfig Config() => Vamps.Config().With(c => c.Stereo = StereoPolicy.Dual);
}
