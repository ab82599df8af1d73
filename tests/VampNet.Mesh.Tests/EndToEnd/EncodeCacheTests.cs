using Grpc.Core;
using Microsoft.Extensions.Logging;
using VampNet.Client;
using VampNet.Core;
using VampNet.Mesh.Tests.Support;
using VampNet.Model.Packages;
using VampNet.Protos.Prompt.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.AllInOne;
using VampNet.Services.Inference.Models;

namespace VampNet.Mesh.Tests.EndToEnd;

/// <summary>Audio that a mesh has heard before; the shared mesh remembers nothing, and says how it would be otherwise.</summary>
[Collection(MeshTests.Name)]
public sealed class EncodeCacheTests(Support.Mesh forgetful) : IAsyncLifetime, IDisposable
{
    private const string Encode = "vampnet.codec.v1.CodecService/Encode", Track = "vampnet.beats.v1.BeatService/Track";

    private static readonly byte[] Clicks = Sounds.Clicks(4, 120);

    private readonly TinyPackage _package = new();
    private readonly LogChannel _log = new();
    private MeshHost _mesh = null!;
    private VampNetClient _client = null!;

    public async Task InitializeAsync()
    {
        _mesh = await MeshHost.StartAsync(new MeshHostOptions
        {
            Model = new ModelOptions { Path = _package.Folder, WatchSeconds = 1, Precision = Precisions.Full },
            Logging = logging => logging.ClearProviders().AddProvider(_log),
        });
        _client = new VampNetClient(_mesh.Gateway);
    }

    public async Task DisposeAsync() => await _mesh.DisposeAsync();

    public void Dispose()
    {
        _client.Dispose();
        _package.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task The_second_variation_of_a_file_asks_neither_codec_nor_tracker_and_comes_out_the_same()
    {
        await _client.RunAsync(OnBeats(1), Clicks);
        Assert.Equal((1, 1), await CallsAsync());
        var known = await _client.RunAsync(OnBeats(2), Clicks);
        Assert.Equal((1, 1), await CallsAsync());

        var heard = await forgetful.Client.RunAsync(OnBeats(2), Clicks);
        Assert.Equal(heard.Source, known.Source);
        Assert.Equal(heard.Mask, known.Mask);
        Assert.Equal(heard.Tokens, known.Tokens);
        Assert.Equal(heard.Header, known.Header);
        Assert.Equal(heard.Audio, known.Audio);
        Assert.Equal(heard.Summary.Figures, known.Summary.Figures);
        foreach (var stage in new[] { Stage.Encode, Stage.Beats })
            Assert.Equal(heard.Progress(stage), known.Progress(stage));

        var gateway = await PrometheusPage.GetAsync(_mesh.Gateway);
        foreach (var stage in new[] { "codec", "beats" })
        {
            foreach (var outcome in new[] { "hit", "miss" })
                Assert.Equal(
                    1, gateway.Sum("vampnet_gateway_cache_requests_total", $"vampnet_stage=\"{stage}\"", $"vampnet_outcome=\"{outcome}\""));
        }
        Assert.InRange(gateway.Sum("vampnet_gateway_cache_size_bytes"), heard.Tokens.Data.Length, 20_000);
    }

    [Fact]
    public async Task Tokens_and_beats_are_known_each_for_itself()
    {
        await _client.RunAsync(Vamps.Config(), Clicks);
        Assert.Equal((1, 0), await CallsAsync());
        await _client.RunAsync(OnBeats(1), Clicks); // tokens are known, beats are not
        Assert.Equal((1, 1), await CallsAsync());
        await _client.RunAsync(OnBeats(1).With(c => c.Stretch = 1.5), Clicks); // the tracker hears the source
        Assert.Equal((2, 1), await CallsAsync());
        await _client.RunAsync(Vamps.Config().With(c => c.Stereo = StereoPolicy.Dual), Clicks);
        Assert.Equal((3, 1), await CallsAsync());
    }

    [Fact]
    public async Task What_a_preview_heard_a_vamp_knows()
    {
        await _client.PreviewAsync(OnBeats(1).ToPreview(), new MemoryStream(Clicks));
        await _client.RunAsync(OnBeats(1).With(c => c.Model = "default"), Clicks); // by another name, the same weights
        Assert.Equal((1, 1), await CallsAsync());
    }

    [Fact]
    public async Task Tenants_know_nothing_of_each_other()
    {
        foreach (var tenant in new[] { "one", "other", "one" })
            await _client.RunAsync(OnBeats(1), Clicks, new CallOptions(new Metadata { { "x-vampnet-tenant", tenant } }));
        Assert.Equal((2, 2), await CallsAsync());
    }

    [Fact]
    public async Task Requests_that_come_together_are_heard_once()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _client.RunAsync(OnBeats(1), Clicks)));
        Assert.Equal((1, 1), await CallsAsync());
        Assert.All(results, result => Assert.Equal(results[0].Audio, result.Audio));
    }

    [Fact]
    public async Task A_new_codec_hears_for_itself()
    {
        var before = await _client.RunAsync(OnBeats(1), Clicks);
        _package.Revise("2.0", PartNames.Codec, "encoder.block.0.bias");
        for (var stage = 0; stage < 4; stage++)
            await _log.NextAsync("tiny 2.0");
        var after = await _client.RunAsync(OnBeats(1), Clicks);
        Assert.Equal((2, 1), await CallsAsync()); // the tracker has no weights, and is the same
        Assert.NotEqual(before.Tokens, after.Tokens);
    }

    private static VampConfig OnBeats(ulong seed) =>
        Vamps.Config(seed).With(c => c.Prompt = new Prompt { Beats = new BeatPrompt { BeforeSeconds = 0.05, AfterSeconds = 0.05 } });

    /// <summary>Calls that the codec got to encode, and the tracker to track.</summary>
    private async Task<(double Encode, double Track)> CallsAsync() =>
        (await CallsAsync(_mesh.Stages["Codec"], Encode), await CallsAsync(_mesh.Stages["BeatTracker"], Track));

    private static async Task<double> CallsAsync(string stage, string method) =>
        (await PrometheusPage.GetAsync(new Uri(stage))).Sum("rpc_server_call_duration_seconds_count", $"rpc_method=\"{method}\"");
}
