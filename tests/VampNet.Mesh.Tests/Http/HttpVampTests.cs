using System.Net;
using System.Text.Json;
using VampNet.Audio.Files;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Mesh.Tests.Http;

/// <summary>What a vamp over HTTP is: the same as over gRPC.</summary>
[Collection(MeshTests.Name)]
public sealed class HttpVampTests(Support.Mesh mesh) : IDisposable
{
    private static readonly byte[] Chord = Sounds.Chord(1.5);

    private readonly HttpClient _http = HttpCalls.Connect(mesh.Host.Http!);

    [Theory]
    [InlineData("form")]
    [InlineData("form with the request as JSON")]
    [InlineData("body")]
    [InlineData("body of curl -T")]
    public async Task Audio_is_that_of_gRPC_however_it_is_asked_for(string how)
    {
        const string Json =
            """{ "prompt": { "periodic": { "period": 5 } }, "coarseSampling": { "steps": 3 }, "fine_sampling": { "steps": 9 } }""";
        var expected = (await ExpectedAsync(OutputEncoding.WavS16)).Audio;
        using var response = how switch
        {
            "form" => await _http.PostAsync($"/v1/vamp?{HttpCalls.Query}", HttpCalls.Form(Chord), "*/*"),
            // The query has the last word.
            "form with the request as JSON" =>
                await _http.PostAsync(
                    "/v1/vamp?seed=1&fine_sampling.steps=2", HttpCalls.Form(Chord, request: Json), "audio/*;q=0.5, image/png"),
            "body" => await _http.PostAsync($"/v1/vamp?{HttpCalls.Query}", HttpCalls.Raw(Chord, "audio/x-wav")),
            _ => await _http.PutAsync($"/v1/vamp?{HttpCalls.Query}", HttpCalls.Raw(Chord, null)),
        };
        Assert.Equal(expected, await Task.FromResult(response).BytesAsync("audio/wav"));
        Assert.Equal("1", response.Headers.GetValues("Vamp-Seed").Single());
    }

    [Theory]
    [InlineData("audio/flac", "", "audio/flac", OutputEncoding.Flac)]
    [InlineData("audio/ogg", "", "audio/ogg", OutputEncoding.OggVorbis)]
    [InlineData("*/*", "&format=flac", "audio/flac", OutputEncoding.Flac)]
    [InlineData("audio/wav", "&format=wav24", "audio/wav", OutputEncoding.WavS24)]
    [InlineData("*/*", "&output.encoding=pcm_f32le", "application/octet-stream", OutputEncoding.PcmF32Le)]
    public async Task Audio_has_the_format_that_is_accepted_or_named(string accept, string more, string mediaType, OutputEncoding encoding)
    {
        var bytes = await _http.PostAsync($"/v1/vamp?{HttpCalls.Query}{more}", HttpCalls.Form(Chord), accept).BytesAsync(mediaType);
        Assert.Equal((await ExpectedAsync(encoding)).Audio.Length, bytes.Length);
        if (encoding is OutputEncoding.Flac or OutputEncoding.OggVorbis)
            Assert.Equal(66_150, AudioFile.Read(bytes).Frames);
    }

    [Fact]
    public async Task Events_are_the_messages_of_gRPC()
    {
        var expected = await ExpectedAsync(OutputEncoding.WavS16);
        var events = await _http.PostAsync(
            $"/v1/vamp?{HttpCalls.Query}&return_mask&return_tokens=true", HttpCalls.Form(Chord), "text/event-stream").EventsAsync();
        Assert.Equal("started", events[0].Name);
        Assert.Equal("summary", events[^1].Name);
        Assert.Equal(
            expected.Responses.Select(r => $"{r.ContentCase}".ToLowerInvariant()).Distinct().Order(),
            events.Select(e => e.Name).Distinct().Order());
        Assert.All(events, e => Assert.True(e.Data.TryGetProperty(e.Name, out _)));
        var audio = events.Where(e => e.Name == "audio").SelectMany(e => e.Data.GetProperty("audio").GetBytesFromBase64());
        Assert.Equal(expected.Audio, audio);
        Assert.Equal("1", events[^1].Data.GetProperty("summary").GetProperty("seed").GetString());
    }

    [Fact]
    public async Task A_document_has_all_variations()
    {
        var document = await _http.PostAsync(
            $"/v1/vamp?{HttpCalls.Query}&variations=2&return_mask=1", HttpCalls.Form(Chord), "application/json").JsonAsync();
        Assert.Equal(1.5, document.GetProperty("source").GetProperty("seconds").GetDouble());
        var variations = document.GetProperty("variations").EnumerateArray().ToList();
        Assert.Equal(["1", "2"], variations.Select(v => v.GetProperty("seed").GetString()));
        Assert.Equal((await ExpectedAsync(OutputEncoding.WavS16)).Audio, variations[0].GetProperty("audio").GetBytesFromBase64());
        Assert.All(variations, v => Assert.Equal(14, v.GetProperty("mask").GetProperty("codebooks").GetInt32()));
        // A variation by its number, as audio alone.
        var second = await _http.PostAsync(
            $"/v1/vamp?{HttpCalls.Query}&variations=2&variation=1", HttpCalls.Form(Chord)).BytesAsync("audio/wav");
        Assert.Equal(variations[1].GetProperty("audio").GetBytesFromBase64(), second);
    }

    [Fact]
    public async Task A_client_that_goes_away_ends_its_vamp()
    {
        using (var response = await _http.PostAsync(
            "/v1/vamp?prompt=-P5&coarse_sampling.steps=1000", HttpCalls.Form(Sounds.Chord(10)), "text/event-stream"))
        {
            await using var body = await response.Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(new byte["event: started".Length]);
            Assert.Equal(1, await AtWorkAsync());
        }
        while (await AtWorkAsync() > 0)
            await Task.Yield();
    }

    [Fact]
    public async Task A_client_that_waits_only_so_long_is_told_so()
    {
        var problem = await _http.PostAsync(
            "/v1/vamp?prompt=-P5&coarse_sampling.steps=1000&timeout_seconds=0.7", HttpCalls.Form(Sounds.Chord(10))).ProblemAsync();
        Assert.Equal(HttpStatusCode.GatewayTimeout, problem.Status);
    }

    [Fact]
    public async Task The_three_verbs_that_are_short_for_a_vamp_are_what_they_are_short_for()
    {
        const string Steps = "seed=1&coarse_sampling.steps=1&fine_sampling.steps=1";
        var chord = Sounds.Chord(0.4);
        await SameAsync("inpaint?from=0.1&to=0.2&from=0.3&to=0.4", "vamp?prompt=!(region+0.1+0.2+|+region+0.3+0.4)&keep_source=true");
        // What changes all of the track leaves nothing of the source as it is.
        await SameAsync("inpaint?from=0.1&to=0.2&token_stretch=2", "vamp?prompt=!region+0.1+0.2&token_stretch=2");
        await SameAsync("continue?seconds=0.3", "vamp?prompt=all&keep_source&extend_after_seconds=0.3");
        await SameAsync("continue?before=0.2&pitch_semitones=2", "vamp?prompt=all&extend_before_seconds=0.2&pitch_semitones=2");
        await SameAsync("loop?times=2&prompt=-P5", "vamp?repeat=2&prompt=-P5");
        await SameAsync("loop?prompt=-P5", "vamp?repeat=4&prompt=-P5");

        async Task SameAsync(string shorter, string longer) => Assert.Equal(
            await _http.PostAsync($"/v1/{longer}&{Steps}", HttpCalls.Form(chord)).BytesAsync("audio/wav"),
            await _http.PostAsync($"/v1/{shorter}&{Steps}", HttpCalls.Form(chord)).BytesAsync("audio/wav"));
    }

    public void Dispose() => _http.Dispose();

    private Task<VampResult> ExpectedAsync(OutputEncoding encoding) =>
        mesh.Client.RunAsync(Vamps.Config().With(c => c.Output = new OutputFormat { Encoding = encoding }), Chord);

    /// <summary>Calls that hold a permit of the gateway.</summary>
    private async Task<double> AtWorkAsync() =>
        (await PrometheusPage.GetAsync(mesh.Host.Gateway)).Sum("vampnet_rpc_active", "vampnet_stage=\"gateway\"");
}
