using System.Text;
using System.Text.Json;
using VampNet.Client;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Mesh.Tests.Http;

/// <summary>The verbs beside vamp, against their calls of gRPC.</summary>
[Collection(MeshTests.Name)]
public sealed class HttpVerbTests(Support.Mesh mesh) : IDisposable
{
    private static readonly byte[] Chord = Sounds.Chord(1.5);

    private readonly HttpClient _http = HttpCalls.Connect(mesh.Host.Http!);

    [Fact]
    public async Task A_preview_is_the_mask_of_the_prompt()
    {
        var json = await _http.PostAsync("/v1/preview?prompt=-P5&seed=1", HttpCalls.Form(Chord)).JsonAsync();
        var expected = await mesh.Client.PreviewAsync(Vamps.Config().ToPreview(), new MemoryStream(Chord));
        Assert.Equal(expected.Mask.Data.ToByteArray(), json.GetProperty("mask").GetProperty("data").GetBytesFromBase64());
        Assert.Equal(expected.Figures.KeptFrames, json.GetProperty("figures").GetProperty("keptFrames").GetUInt32());
    }

    [Fact]
    public async Task A_compressed_file_expands_to_what_the_vamp_would_have_been()
    {
        var file = await _http.PostAsync($"/v1/compress?{HttpCalls.Query}", HttpCalls.Form(Chord)).BytesAsync("application/octet-stream");
        var expected = await mesh.Client.CompressAsync(Vamps.Config().ToCompress(), new MemoryStream(Chord));
        Assert.Equal(expected.File.ToByteArray(), file);
        var json = await _http.PostAsync($"/v1/compress?{HttpCalls.Query}&format=json", HttpCalls.Form(Chord)).JsonAsync();
        Assert.Equal(file, json.GetProperty("file").GetBytesFromBase64());

        var vamp = await mesh.Client.RunAsync(
            Vamps.Config().With(c => (c.Stereo, c.Output) = (StereoPolicy.Dual, new OutputFormat { Encoding = OutputEncoding.WavS16 })),
            Chord);
        Assert.Equal(vamp.Audio, await _http.PostAsync("/v1/expand", HttpCalls.Form(file, "file")).BytesAsync("audio/wav"));
        var events = await _http.PutAsync("/v1/expand?format=events", HttpCalls.Raw(file, null)).EventsAsync();
        Assert.Equal(vamp.Audio, events.Where(e => e.Name == "audio").SelectMany(e => e.Data.GetProperty("audio").GetBytesFromBase64()));
    }

    [Fact]
    public async Task Tokens_go_out_and_come_back_as_one_document()
    {
        var stereo = Sounds.Chord(1.5, channels: 2);
        var json = await _http.PostAsync("/v1/encode?channels=stereo", HttpCalls.Form(stereo)).JsonAsync();
        var expected = await mesh.Client.EncodeAsync(new MemoryStream(stereo), new EncodeConfig { Channels = Channels.Stereo });
        var channels = json.GetProperty("channels").EnumerateArray().Select(c => c.GetProperty("data").GetBytesFromBase64());
        Assert.Equal(expected.Channels.Select(c => c.Data.ToByteArray()), channels);

        var document = Encoding.UTF8.GetBytes(json.GetRawText());
        using var audio = new MemoryStream();
        await mesh.Client.DecodeAsync(
            expected.Channels[1],
            new DecodeConfig
            {
                Output = new OutputFormat { Encoding = OutputEncoding.WavS16 },
                Samples = expected.Header.Samples,
                GainDb = -expected.Header.GainDb,
            },
            audio);
        var decoded = await _http.PostAsync("/v1/decode?channel=1", HttpCalls.Form(document, "file")).BytesAsync("audio/wav");
        Assert.Equal(audio.ToArray(), decoded);
        Assert.Equal(
            ["channel"],
            (await _http.PostAsync("/v1/decode?channel=2", HttpCalls.Raw(document, "application/json")).ProblemAsync()).Fields);
        Assert.Equal(["file"], (await _http.PostAsync("/v1/decode", HttpCalls.Form(stereo, "file")).ProblemAsync()).Fields);
    }

    [Fact]
    public async Task Beats_are_those_of_the_tracker()
    {
        var clicks = Sounds.Clicks(4, beatsPerMinute: 120);
        var json = await _http.PostAsync("/v1/beats", HttpCalls.Form(clicks)).JsonAsync();
        var expected = await mesh.Client.TrackBeatsAsync(new MemoryStream(clicks));
        Assert.NotEmpty(expected.Beats);
        Assert.Equal(expected.Beats, json.GetProperty("beats").EnumerateArray().Select(beat => beat.GetDouble()));
    }

    [Fact]
    public async Task Models_are_listed_and_described()
    {
        var list = await _http.GetAsync("/v1/models?page_size=1").JsonAsync();
        Assert.Equal("default", list.GetProperty("models")[0].GetProperty("name").GetString());
        var model = await _http.GetAsync("/v1/models/default").JsonAsync();
        Assert.Equal(14, model.GetProperty("codec").GetProperty("codebooks").GetInt32());
        Assert.NotEmpty(model.GetProperty("coarse").GetProperty("presets").EnumerateArray());
        Assert.Equal(Support.Mesh.MaxSeconds, model.GetProperty("limits").GetProperty("maxSeconds").GetDouble());
        var described = await new VampService.VampServiceClient(mesh.Channel).DescribeModelAsync(new DescribeModelRequest());
        Assert.Equal(described.Coarse.Served.Sha256, model.GetProperty("coarse").GetProperty("served").GetProperty("sha256").GetString());
        Assert.Equal(["model"], (await _http.GetAsync("/v1/models/piano/opera").ProblemAsync()).Fields);
    }

    public void Dispose() => _http.Dispose();
}
