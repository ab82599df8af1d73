using Grpc.Core;
using VampNet.Client;
using VampNet.Core;
using VampNet.Gateway;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.CoarseGenerator;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>
/// A gateway that goes away in the middle of a vamp, and another that takes its place; the client sends its request again.
/// </summary>
[Collection(MeshTests.Name)]
public sealed class GatewayLossTests(Support.Mesh mesh)
{
    private static readonly byte[] Chord = Sounds.Chord(3);

    /// <summary>No seed: the first gateway draws it.</summary>
    private static VampConfig Config => Vamps.Config(seed: null).With(c => c.Variations = 2);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_caller_hears_everything_once_and_the_same(bool killed)
    {
        var first = await StartAsync();
        using var client = new VampNetClient(first.Address);
        StageHost? second = null;
        var responses = new List<VampResponse>();
        await foreach (var response in client.VampWithRetriesAsync(Config, new MemoryStream(Chord), repeats: 20))
        {
            responses.Add(response);
            if (second is null && response.HasAudio)
                second = await ReplaceAsync(first, killed);
        }
        await using (second)
        {
            var result = new VampResult(responses);
            var whole = await mesh.Client.RunAsync(Config.With(c => c.Seed = result.Started.Config.Seed), Chord);
            foreach (var variation in new[] { 0u, 1u })
            {
                Assert.Equal(whole.Variation(variation).Tokens, result.Variation(variation).Tokens);
                Assert.Equal(whole.Variation(variation).Audio, result.Variation(variation).Audio);
                foreach (var stage in new Stage[] { Stage.Coarse, Stage.Fine, Stage.Decode })
                {
                    var steps = result.Variation(variation).Progress(stage).Select(progress => progress.Step).ToList();
                    Assert.Equal(steps.Distinct().Order(), steps);
                }
            }
        }
    }

    [Fact]
    public async Task Other_weights_are_not_put_together_with_what_the_caller_has()
    {
        using var other = new TinyPackage();
        other.Revise("2.0", PartNames.Coarse, "classifier.layers.0.bias");
        await using var coarse = await StageHost.StartAsync(
            b => b.AddCoarseGenerator(), a => a.MapCoarseGenerator(), null, $"--Model:Path={other.Folder}", "--Model:WatchSeconds=0");
        var first = await StartAsync();
        using var client = new VampNetClient(first.Address);
        StageHost? second = null;
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var response in client.VampWithRetriesAsync(Config, new MemoryStream(Chord), repeats: 20))
            {
                if (second is null && response.HasAudio)
                    second = await ReplaceAsync(first, killed: true, $"--Stages:CoarseGenerator={coarse.Address}");
            }
        });
        await using (second)
            Assert.Equal(StatusCode.Aborted, error.StatusCode);
    }

    [Fact]
    public async Task What_nobody_can_do_is_not_sent_again()
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var _ in mesh.Client.VampWithRetriesAsync(
                new VampConfig(), new OnceStream(Chord), repeats: 20))
            {
            }
        });
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
    }

    /// <summary>Fails when it is to be read again.</summary>
    private sealed class OnceStream(byte[] content) : MemoryStream(content)
    {
        public override long Position
        {
            get => base.Position;
            set => base.Position = base.Position == 0 ? value : throw new InvalidOperationException();
        }
    }

    private Task<StageHost> StartAsync(params string[] settings) => StageHost.StartAsync(
        b => b.AddGateway(), a => a.MapGateway(), null,
        [
            .. StageInfo.All.Select(stage => $"--Stages:{stage.Program}={mesh.Host.Stages[stage.Program]}"),
            "--EncodeCache:MaxBytes=0", "--Drain:Seconds=0", .. settings,
        ]);

    private async Task<StageHost> ReplaceAsync(StageHost gateway, bool killed, params string[] settings)
    {
        if (killed)
            await gateway.KillAsync();
        else
            await gateway.DisposeAsync(); // asked to end: it hands its calls back
        return await StartAsync([$"--Urls={gateway.Address.GetLeftPart(UriPartial.Authority)}", .. settings]);
    }
}
