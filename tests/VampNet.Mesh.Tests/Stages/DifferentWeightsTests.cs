using Google.Protobuf;
using Microsoft.Extensions.Logging;
using VampNet.Client;
using VampNet.Core;
using VampNet.Mesh.Tests.Support;
using VampNet.Services.AllInOne;
using VampNet.Services.CoarseGenerator;
using VampNet.Services.Inference.Models;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>Two replicas of a stage that serve different weights under one name, as in the middle of a rollout.</summary>
[Collection(MeshTests.Name)]
public sealed class DifferentWeightsTests : IDisposable
{
    private readonly TinyPackage _old = new(), _new = new();
    private readonly LogChannel _log = new();

    public DifferentWeightsTests() => _new.Revise("2.0", PartNames.Coarse, "classifier.layers.0.bias");

    public void Dispose()
    {
        _old.Dispose();
        _new.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task A_request_is_made_with_one_of_them_and_everybody_is_told()
    {
        await using var older = await CoarseAsync(_old);
        await using var newer = await CoarseAsync(_new);
        var chord = Sounds.Chord(0.5);
        // Eight passes, each a call of its own.
        var config = Vamps.Config().With(c => c.Feedback = 8);
        var pure = new List<ByteString>();
        foreach (var one in new[] { older, newer })
        {
            await using var mesh = await StartAsync(one);
            using var client = new VampNetClient(mesh.Gateway);
            pure.Add((await client.RunAsync(config, chord)).Tokens.Data);
        }
        Assert.NotEqual(pure[0], pure[1]);

        await using var mixed = await StartAsync(older, newer);
        Assert.Contains($"{newer.Address}", await _log.NextAsync("coarse: replicas serve different weights"), StringComparison.Ordinal);
        using (var client = new VampNetClient(mixed.Gateway))
        {
            for (var i = 0; i < 12; i++)
                Assert.Contains((await client.RunAsync(config, chord)).Tokens.Data, pure);
        }
        Assert.Equal(2, (await PrometheusPage.GetAsync(mixed.Gateway)).Sum("vampnet_gateway_weights", "vampnet_stage=\"coarse\""));
        using var http = new HttpClient
        {
            DefaultRequestVersion = System.Net.HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var healthz = await http.GetStringAsync(new Uri(mixed.Gateway, "/healthz"));
        Assert.StartsWith("serving\ncoarse: replicas serve different weights: ", healthz, StringComparison.Ordinal);
    }

    private static Task<StageHost> CoarseAsync(TinyPackage package) => StageHost.StartAsync(
        b => b.AddCoarseGenerator(), a => a.MapCoarseGenerator(), null, $"--Model:Path={package.Folder}", "--Model:WatchSeconds=0");

    private Task<MeshHost> StartAsync(params StageHost[] coarse) => MeshHost.StartAsync(new MeshHostOptions
    {
        Model = new ModelOptions { Path = _old.Folder },
        Configuration = new Dictionary<string, string>
        {
            ["Stages:CoarseGenerator"] = string.Join(',', coarse.Select(stage => stage.Address.GetLeftPart(UriPartial.Authority))),
        },
        Logging = logging => logging.ClearProviders().AddProvider(_log),
    });
}
