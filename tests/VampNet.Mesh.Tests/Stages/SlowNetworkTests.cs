using Microsoft.Extensions.Logging;
using VampNet.Client;
using VampNet.Core;
using VampNet.Gateway;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Vamp.V1;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>Stages that are far from the gateway: 200 ms there and back, half a megabyte a second.</summary>
[Collection(MeshTests.Name)]
public sealed class SlowNetworkTests(Support.Mesh mesh)
{
    private static readonly TimeSpan Latency = TimeSpan.FromSeconds(0.1);

    [Fact, Trait("Category", "Host")]
    public async Task A_vamp_takes_longer_and_no_replica_is_given_up()
    {
        using var log = new LogChannel();
        var links = StageInfo.All.ToDictionary(
            stage => stage.Program, stage => new SlowLink(new Uri(mesh.Host.Stages[stage.Program]), Latency, 512 << 10).Open());
        try
        {
            await using var gateway = await StageHost.StartAsync(
                b => b.AddGateway().Logging.AddProvider(log), a => a.MapGateway(), null,
                [.. links.Select(link => $"--Stages:{link.Key}={link.Value.Address}"), "--EncodeCache:MaxBytes=0"]);
            using var client = new VampNetClient(gateway.Channel);
            var config = Vamps.Config().With(c => c.Stereo = StereoPolicy.Dual);
            var music = Sounds.Chord(12, channels: 2);
            var near = await mesh.Client.RunAsync(config, music);
            var far = await Task.WhenAll(client.RunAsync(config, music), client.RunAsync(config, music));
            Assert.All(far, result =>
            {
                Assert.Equal(near.Channel(0), result.Channel(0));
                Assert.Equal(near.Channel(1), result.Channel(1));
                Assert.Equal(near.Audio, result.Audio);
            });
            Assert.DoesNotContain(log.Rest(), line => line.Contains("said nothing", StringComparison.Ordinal));
        }
        finally
        {
            foreach (var link in links.Values)
                await link.DisposeAsync();
        }
    }
}
