using System.Net;
using System.Net.Sockets;
using System.Text;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Web;
using VampNet.Mesh.Tests.Security;
using VampNet.Mesh.Tests.Stages;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Models.V1;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Http;

/// <summary>Each door that is shut to gRPC is shut to HTTP.</summary>
[Collection(MeshTests.Name)]
public sealed class HttpDoorTests(Support.Mesh mesh)
{
    private static readonly byte[] Chord = Sounds.Chord(0.5);

    [Fact]
    public async Task Whoever_calls_must_be_known_and_have_the_scope()
    {
        using var folder = new TemporaryFolder();
        ApiKeyFile.Write(
            folder.File("keys.json"), ("singer", "singer", ["vamp", "models:read"]), ("reader", "reader", ["models:read"]));
        await using var door = await GatewayAsync($"--Authentication:ApiKeysPath={folder.File("keys.json")}");
        foreach (var path in new[] { "vamp?prompt=all", "preview", "compress", "expand", "encode", "decode", "beats", "vamp?nonsense" })
        {
            var file = path is "expand" or "decode" ? "file" : "audio";
            Assert.Equal(
                (HttpStatusCode.Unauthorized, "CREDENTIALS_MISSING"),
                await RefusedAsync(door.Http.PostAsync($"/v1/{path}", HttpCalls.Form(Chord, file))));
            Assert.Equal(
                (HttpStatusCode.Unauthorized, "CREDENTIALS_INVALID"), await RefusedAsync(PostAsync(path, file, "wrong")));
            Assert.Equal((HttpStatusCode.Forbidden, "SCOPE_MISSING"), await RefusedAsync(PostAsync(path, file, "reader")));
        }
        Assert.Equal((HttpStatusCode.Unauthorized, "CREDENTIALS_MISSING"), await RefusedAsync(door.Http.GetAsync("/v1/models")));
        using var anonymous = await door.Http.GetAsync("/v1/models");
        Assert.Equal("Bearer", anonymous.Headers.WwwAuthenticate.Single().Scheme);

        await PostAsync($"vamp?{HttpCalls.Query}", "audio", "singer").BytesAsync("audio/wav");
        // Every verb has a scope of its own.
        Assert.Equal((HttpStatusCode.Forbidden, "SCOPE_MISSING"), await RefusedAsync(PostAsync("preview", "audio", "singer")));
        door.Http.DefaultRequestHeaders.Add("x-api-key", "reader");
        await door.Http.GetAsync("/v1/models").JsonAsync();

        Task<HttpResponseMessage> PostAsync(string path, string file, string key) =>
            door.Http.PostAsync($"/v1/{path}", HttpCalls.Form(Chord, file), null, ("x-api-key", key));
    }

    [Fact]
    public async Task A_stranger_is_refused_before_the_upload()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("keys.json"), "[]");
        await using var door = await GatewayAsync($"--Authentication:ApiKeysPath={folder.File("keys.json")}");
        // Nothing says "100 Continue" to one who is not let in.
        var answer = await SendAsync(
            door.Address, "POST /v1/vamp HTTP/1.1\r\nHost: localhost\r\nContent-Type: audio/wav\r\nContent-Length: 1000000\r\n"
                + "Expect: 100-continue\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 401 Unauthorized\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Uploads_have_the_limits_of_gRPC()
    {
        await using var door = await GatewayAsync(
            "--Limits:MaxAudioBytes=20000", "--Limits:MaxMessageBytes=131072", "--Limits:MaxFrameSteps=50");
        var problem = await door.Http.PostAsync($"/v1/vamp?{HttpCalls.Query}", HttpCalls.Form(Chord)).ProblemAsync();
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "AUDIO_TOO_LONG"), (problem.Status, problem.Reason));
        problem = await door.Http.PostAsync("/v1/vamp", HttpCalls.Form(Chord, request: new string(' ', 150_000))).ProblemAsync();
        Assert.Equal((HttpStatusCode.BadRequest, "request"), (problem.Status, problem.Fields.Single()));
        problem = await door.Http.PostAsync($"/v1/vamp?{HttpCalls.Query}", HttpCalls.Form(Sounds.Chord(0.2))).ProblemAsync();
        Assert.Contains("frame-steps", problem.Detail, StringComparison.Ordinal);
        problem = await door.Http.PostAsync(
            $"/v1/vamp?{HttpCalls.Query}", HttpCalls.Form(Chord), null, ("x-long", new string('x', 40_000))).ProblemAsync();
        Assert.Equal((HttpStatusCode.RequestHeaderFieldsTooLarge, "HEADERS_TOO_LARGE"), (problem.Status, problem.Reason));
        using var tooLong = await door.Http.GetAsync($"/v1/models?page_token={new string('x', 10_000)}");
        Assert.Equal(HttpStatusCode.RequestUriTooLong, tooLong.StatusCode);
        Assert.Equal(0, door.Gateway.AtWork);
    }

    [Theory]
    [InlineData("")] // nothing of the body
    [InlineData("4\r\nRIFF\r\n")] // and some of it
    public async Task A_body_that_stops_is_cut(string body)
    {
        var time = new ManualTime();
        await using var door = await Door.OpenAsync(mesh, time);
        var answer = SendAsync(
            door.Address, $"PUT /v1/vamp?{HttpCalls.Query} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
                + $"Connection: close\r\n\r\n{body}");
        await door.Gateway.AtWorkAsync(1);
        await time.AdvanceWhenAwaitedAsync(TimeSpan.FromSeconds(60));
        Assert.StartsWith("HTTP/1.1 408 Request Timeout\r\n", await answer, StringComparison.Ordinal);
        // After a minute it is both, whichever is seen first.
        Assert.Matches("CLIENT_(IDLE|SLOW)", await answer);
        Assert.Equal(0, door.Gateway.AtWork);
    }

    [Fact]
    public async Task A_gateway_that_is_full_says_when_to_come_again()
    {
        await using var door = await GatewayAsync("--Admission:MaxCalls=1");
        using var first = new TcpClient();
        await first.ConnectAsync(door.Address.Host, door.Address.Port);
        await first.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes($"PUT /v1/vamp?{HttpCalls.Query} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"));
        await door.Gateway.AtWorkAsync(1);
        var problem = await door.Http.PostAsync($"/v1/vamp?{HttpCalls.Query}", HttpCalls.Form(Chord)).ProblemAsync();
        Assert.Equal((HttpStatusCode.TooManyRequests, "QUEUE_FULL"), (problem.Status, problem.Reason));
        Assert.True(problem.RetryAfter >= TimeSpan.FromSeconds(1));
        first.Close();
        await door.Gateway.AtWorkAsync(0);
    }

    [Fact]
    public async Task Pages_of_other_servers_may_ask_only_if_they_are_named()
    {
        const string Named = "https://studio.example";
        await using var door = await GatewayAsync($"--Http:Cors:Origins={Named}");
        var own = door.Address.GetLeftPart(UriPartial.Authority);
        foreach (var (origin, isAllowed) in new[] { (Named, true), (own, true), ("https://evil.example", false), ("null", false) })
        {
            using var response = await door.Http.PostAsync("/v1/preview?prompt=all", HttpCalls.Form(Chord), null, ("Origin", origin));
            Assert.Equal(isAllowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
            Assert.Equal(origin == Named, response.Headers.Contains("Access-Control-Allow-Origin"));
        }
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/v1/vamp")
        {
            Headers =
            {
                { "Origin", Named }, { "Access-Control-Request-Method", "POST" }, { "Access-Control-Request-Headers", "x-api-key" },
            },
        };
        using var answer = await door.Http.SendAsync(preflight);
        Assert.Equal([Named], answer.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Equal(["x-api-key"], answer.Headers.GetValues("Access-Control-Allow-Headers"));
    }

    [Fact]
    public async Task Calls_of_gRPC_Web_are_calls()
    {
        using var channel = GrpcChannel.ForAddress(
            mesh.Host.Http!,
            new GrpcChannelOptions { HttpHandler = new GrpcWebHandler(new SocketsHttpHandler()), HttpVersion = HttpVersion.Version11 });
        var models = await new ModelService.ModelServiceClient(channel).ListModelsAsync(new ListModelsRequest());
        Assert.Equal("default", models.Models[0].Name);
        var coarse = new CoarseGeneratorService.CoarseGeneratorServiceClient(channel); // by route
        Assert.Equal(4u, (await coarse.GetModelAsync(new GetModelRequest())).Codebooks);
        var error = await Assert.ThrowsAsync<RpcException>(
            () => coarse.GetModelAsync(new GetModelRequest { Model = "nix" }).ResponseAsync);
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    [Fact]
    public async Task A_port_speaks_what_it_is_for()
    {
        using var grpc = HttpCalls.Connect(mesh.Host.Gateway);
        using var wrong = await grpc.GetAsync("/v1/models"); // HTTP/1.1
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        using var right = new HttpRequestMessage(HttpMethod.Get, "/v1/models")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        await grpc.SendAsync(right).JsonAsync();
        using var http = HttpCalls.Connect(mesh.Host.Http!);
        using var call = await http.PostAsync(
            "/vampnet.models.v1.ModelService/ListModels", HttpCalls.Raw([0, 0, 0, 0, 0], "application/grpc"));
        Assert.Equal(HttpStatusCode.UpgradeRequired, call.StatusCode);
    }

    [Fact]
    public async Task With_TLS_one_port_speaks_both()
    {
        await using var callers = await KnownCallers.StartAsync(null, "--Http:Port=5180");
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using var http = callers.Http();
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(callers.Gateway.Address, "/v1/models"))
            {
                Version = version,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            Assert.Equal("CREDENTIALS_MISSING", (await http.SendAsync(request).ProblemAsync()).Reason);
        }
    }

    [Fact]
    public async Task Ports_for_operators_know_nothing_of_it()
    {
        var metrics = FreePort.Find();
        await using var door = await GatewayAsync($"--Metrics:Port={metrics}");
        using var operators = HttpCalls.Connect(HttpCalls.Local(metrics));
        using var answer = await operators.GetAsync("/v1/models");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        using var page = await operators.GetAsync("/openapi/v1.json");
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
    }

    private static async Task<(HttpStatusCode, string?)> RefusedAsync(Task<HttpResponseMessage> call)
    {
        var problem = await call.ProblemAsync();
        return (problem.Status, problem.Reason);
    }

    /// <summary>The response to some bytes.</summary>
    private static async Task<string> SendAsync(Uri server, string bytes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(bytes));
        var (answer, buffer) = (new StringBuilder(), new byte[4096]);
        // The end of a response that is sent in chunks.
        while (!answer.ToString().EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal))
        {
            var count = await client.GetStream().ReadAsync(buffer);
            Assert.NotEqual(0, count);
            answer.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }
        return answer.ToString();
    }

    private Task<Door> GatewayAsync(params string[] settings) => Door.OpenAsync(mesh, null, settings);
}
