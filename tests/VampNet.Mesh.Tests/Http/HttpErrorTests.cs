using System.Net;
using System.Text;
using VampNet.Mesh.Tests.Support;

namespace VampNet.Mesh.Tests.Http;

/// <summary>Bad requests: each is told what is wrong with it, by the fields that gRPC names.</summary>
[Collection(MeshTests.Name)]
public sealed class HttpErrorTests(Support.Mesh mesh) : IDisposable
{
    private static readonly byte[] Chord = Sounds.Chord(0.5);

    private readonly HttpClient _http = HttpCalls.Connect(mesh.Host.Http!);

    [Theory]
    [InlineData("vamp?promt=-P5", "promt", "did you mean \"prompt\"?")]
    [InlineData("vamp?coarse_sampling.temprature=1", "coarse_sampling.temprature", "did you mean \"coarse_sampling.temperature\"?")]
    [InlineData("vamp?coarse_sampling.temperature.x=1", "coarse_sampling.temperature.x", "unknown here")]
    [InlineData("vamp?prompt=evry+5", "config.prompt", "column 1: \"evry\" is no prompt; did you mean \"every\"?")]
    [InlineData("vamp?prompt={\"periodik\":{}}", "config.prompt", "is no JSON of Prompt")]
    [InlineData("vamp?prompt={", "config.prompt", "is no JSON of Prompt")]
    [InlineData("vamp?prompt=random+2", "config.prompt.random.intensity", "")]
    [InlineData("vamp?prompt=none&prompt=all", "prompt", "is given more than once")]
    [InlineData("vamp", "config.prompt", "")]
    [InlineData("vamp?prompt=all&stereo=duel", "config.stereo", "did you mean \"dual\"?")]
    [InlineData("vamp?prompt=all&seed=-1", "config.seed", "is \"-1\", expected a whole number, not below 0")]
    [InlineData("vamp?prompt=all&seed=99999999999999999999", "config.seed", "expected a whole number")]
    [InlineData("vamp?prompt=all&keep_source=perhaps", "config.keep_source", "expected true or false")]
    [InlineData("vamp?prompt=all&stretch=fast", "config.stretch", "expected a number")]
    [InlineData("vamp?prompt=all&stretch=NaN", "config.stretch", "is NaN")]
    [InlineData("vamp?prompt=all&variations=99&format=events", "config.variations", "expected 1 to 16")]
    [InlineData("vamp?prompt=all&variations=2&variation=2", "variation", "expected 0 to 1")]
    [InlineData("vamp?prompt=all&variation=0&format=json", "variation", "where the response is audio alone")]
    [InlineData("vamp?prompt=all&format=wave", "format", "did you mean \"wav\"?")]
    [InlineData("vamp?prompt=all&format=flac&output.encoding=wav_s16", "config.output.encoding", "audio/flac")]
    [InlineData("vamp?prompt=all&timeout_seconds=0", "timeout_seconds", "above 0")]
    [InlineData("inpaint?from=1", "from", "1 \"from\" and 0 \"to\"")]
    [InlineData("inpaint?from=x&to=2", "from", "expected a number")]
    [InlineData("continue?model=default", "seconds", "is missing")]
    [InlineData("loop?prompt=all&times=0", "times", "expected 1 or more")]
    [InlineData("compress?prompt=all&stereo=mid", "config.stereo", "is mid")]
    [InlineData("encode?streth=2", "streth", "did you mean \"stretch\"?")]
    [InlineData("encode?stretch=9", "config.stretch", "expected 0.25 to 4")]
    [InlineData("beats?input.encoding=mp3", "config.input.encoding", "expected one of container")]
    public async Task A_parameter_that_cannot_be_used_is_named(string request, string field, string words)
    {
        var problem = await _http.PostAsync($"/v1/{request}", HttpCalls.Form(Chord)).ProblemAsync();
        Assert.Equal((HttpStatusCode.BadRequest, field), (problem.Status, string.Join(",", problem.Fields)));
        Assert.Contains(words, problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("part=seed", "seed", "expected one of audio, request")]
    [InlineData("part=audoi", "audoi", "did you mean \"audio\"?")]
    [InlineData("empty", "audio", "is missing: the form has no part \"audio\" with the file")]
    [InlineData("request after", "request", "must come before \"audio\"")]
    [InlineData("request={}}", "request", "is no JSON of VampConfig")]
    [InlineData("request={\"sead\":1}", "request", "sead")]
    [InlineData("no boundary", "body", "its Content-Type has no boundary")]
    [InlineData("garbage", "body", "it ends in the middle")]
    [InlineData("cut", "body", "it ends in the middle")]
    [InlineData("no name", "body", "a part has no name")]
    public async Task A_form_that_cannot_be_read_is_told_why(string how, string field, string words)
    {
        HttpContent content = how switch
        {
            "empty" => HttpCalls.Form([], "request"),
            "request after" => After(),
            "no boundary" => HttpCalls.Raw(Chord, "multipart/form-data"),
            "garbage" => HttpCalls.Raw("garbage"u8.ToArray(), "multipart/form-data; boundary=x"),
            "cut" => Text("--x\r\nContent-Disposition: form-data; name=audio\r\n\r\nRIFF"),
            "no name" => Text("--x\r\nContent-Disposition: form-data\r\n\r\nRIFF\r\n--x--\r\n"),
            _ when how.StartsWith("part=", StringComparison.Ordinal) => HttpCalls.Form(Chord, how["part=".Length..]),
            _ => HttpCalls.Form(Chord, request: how["request=".Length..]),
        };
        var problem = await _http.PostAsync($"/v1/vamp?{HttpCalls.Query}", content).ProblemAsync();
        Assert.Equal((HttpStatusCode.BadRequest, field), (problem.Status, string.Join(",", problem.Fields)));
        Assert.Contains(words, problem.Detail, StringComparison.Ordinal);

        static MultipartFormDataContent After()
        {
            var form = HttpCalls.Form(Chord);
            form.Add(new StringContent("{}"), "request");
            return form;
        }

        static ByteArrayContent Text(string text) => HttpCalls.Raw(Encoding.ASCII.GetBytes(text), "multipart/form-data; boundary=x");
    }

    [Theory]
    [InlineData("POST", "/v1/vamp?prompt=all", "application/x-www-form-urlencoded", "*/*", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("POST", "/v1/vamp?prompt=all", "text/plain", "*/*", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("POST", "/v1/vamp?prompt=all", "audio/wav", "image/png", HttpStatusCode.NotAcceptable)]
    [InlineData("POST", "/v1/vamp?prompt=all", "audio/wav", "audio/wav;q=0", HttpStatusCode.NotAcceptable)]
    [InlineData("GET", "/v1/vamp?prompt=all", null, "*/*", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/v1/models", "audio/wav", "*/*", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/v1/vanp", "audio/wav", "*/*", HttpStatusCode.NotFound)]
    [InlineData("GET", "/v1/models/nix", null, "*/*", HttpStatusCode.NotFound)]
    [InlineData("GET", "/v1", null, "*/*", HttpStatusCode.NotFound)]
    public async Task What_is_no_request_of_this_API_has_the_status_that_HTTP_has_for_it(
        string method, string path, string? type, string accept, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Headers = { { "Accept", accept } } };
        if (type is not null)
            request.Content = HttpCalls.Raw(Chord, type);
        Assert.Equal(status, (await _http.SendAsync(request).ProblemAsync()).Status);
    }

    [Theory]
    [InlineData(0, "AUDIO_EMPTY", HttpStatusCode.BadRequest)]
    [InlineData(100, "AUDIO_NOT_AUDIO", HttpStatusCode.BadRequest)]
    [InlineData(25, "AUDIO_TOO_LONG", HttpStatusCode.RequestEntityTooLarge)]
    public async Task Audio_that_cannot_be_used_has_a_reason(int kind, string reason, HttpStatusCode status)
    {
        var audio = reason == "AUDIO_TOO_LONG" ? Sounds.Chord(kind, 8_000) : new byte[kind];
        var problem = await _http.PostAsync($"/v1/vamp?{HttpCalls.Query}", HttpCalls.Raw(audio, "audio/wav")).ProblemAsync();
        Assert.Equal((status, reason, "audio"), (problem.Status, problem.Reason, string.Join(",", problem.Fields)));
        // A stage says the same by route.
        problem = await _http.PostAsync("/v1/beats", HttpCalls.Form(audio)).ProblemAsync();
        Assert.Equal((status, reason), (problem.Status, problem.Reason));
    }

    [Fact]
    public async Task An_error_in_the_middle_of_events_is_an_event()
    {
        var events = await _http.PostAsync($"/v1/vamp?{HttpCalls.Query}", HttpCalls.Form(new byte[100]), "text/event-stream").EventsAsync();
        Assert.Equal(["started", "error"], events.Select(e => e.Name));
        Assert.Equal("AUDIO_NOT_AUDIO", events[1].Data.GetProperty("reason").GetString());
    }

    public void Dispose() => _http.Dispose();
}
