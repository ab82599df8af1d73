using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using VampNet.Mesh.Tests.Security;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Live.V1;
using VampNet.Protos.Prompt.V1;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Http;

/// <summary>Who may open a WebSocket: whoever is refused gets a response of HTTP, and no WebSocket.</summary>
[Collection(MeshTests.Name)]
public sealed class LiveSocketDoorTests(Support.Mesh mesh)
{
    private const string Protocol = "vampnet.live.v1";

    [Theory]
    [InlineData("GET", "", false, HttpStatusCode.UpgradeRequired)]
    [InlineData("POST", "", true, HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "?prompt=all", true, HttpStatusCode.BadRequest)]
    [InlineData("GET", "?timeout_seconds=never", true, HttpStatusCode.BadRequest)]
    public async Task What_is_no_session_is_told_so(string method, string query, bool upgrades, HttpStatusCode status)
    {
        using var http = HttpCalls.Connect(mesh.Host.Http!);
        using var request = Upgrade(upgrades);
        (request.Method, request.RequestUri) = (new HttpMethod(method), new Uri($"/v1/live{query}", UriKind.Relative));
        using var response = await http.SendAsync(request);
        Assert.Equal("websocket", response.Headers.Upgrade.Single().Name);
        Assert.Equal(status, (await Task.FromResult(response).ProblemAsync()).Status);
    }

    [Fact]
    public async Task Pages_of_other_servers_may_open_none_unless_they_are_named()
    {
        const string Named = "https://studio.example";
        await using var door = await Door.OpenAsync(mesh, null, $"--Http:Cors:Origins={Named}");
        var own = door.Address.GetLeftPart(UriPartial.Authority);
        foreach (var (origin, isAllowed) in new[] { (Named, true), (own, true), ("https://evil.example", false), ("null", false) })
        {
            if (!isAllowed)
            {
                Assert.Equal((HttpStatusCode.Forbidden, "ORIGIN_NOT_ALLOWED"), await RefusedAsync(door, ("Origin", origin)));
                continue;
            }
            using var live = await LiveClient.OpenAsync(door.Address, options => options.SetRequestHeader("Origin", origin));
            Assert.Equal(WebSocketState.Open, live.Socket.State);
        }
    }

    [Fact]
    public async Task Whoever_calls_must_be_known_and_have_the_scope_and_a_page_says_its_key_as_a_protocol()
    {
        using var folder = new TemporaryFolder();
        ApiKeyFile.Write(folder.File("keys.json"), ("player ü", "band", ["live"]), ("reader", "band", ["models:read"]));
        await using var door = await Door.OpenAsync(mesh, null, $"--Authentication:ApiKeysPath={folder.File("keys.json")}");
        const string Protocols = "Sec-WebSocket-Protocol";
        Assert.Equal((HttpStatusCode.Unauthorized, "CREDENTIALS_MISSING"), await RefusedAsync(door));
        Assert.Equal((HttpStatusCode.Unauthorized, "CREDENTIALS_INVALID"), await RefusedAsync(door, ("x-api-key", "wrong")));
        Assert.Equal((HttpStatusCode.Forbidden, "SCOPE_MISSING"), await RefusedAsync(door, (Protocols, $"{Protocol}, {Key("reader")}")));
        Assert.Equal((HttpStatusCode.BadRequest, null), await RefusedAsync(door, (Protocols, $"{Protocol}, vampnet.key.=")));

        // A plain request is told the same, which is what a page can read.
        door.Http.DefaultRequestHeaders.Add("x-api-key", "reader");
        Assert.Equal("SCOPE_MISSING", (await door.Http.GetAsync("/v1/live").ProblemAsync()).Reason);

        using var live = await LiveClient.OpenAsync(door.Address, options =>
        {
            options.AddSubProtocol(Protocol);
            options.AddSubProtocol(Key("player ü"));
        });
        Assert.Equal(Protocol, live.Socket.SubProtocol); // and not the key
        await live.BeginAsync(new LiveConfig { SampleRate = 8_000, Prompt = new Prompt { All = new AllPrompt() } });
        await live.HearAsync("started");

        static string Key(string key) => $"vampnet.key.{WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(key))}";
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task With_TLS_it_is_the_port_of_gRPC_and_a_token_is_a_protocol_too(string version)
    {
        await using var callers = await KnownCallers.StartAsync(null, "--Http:Port=5180");
        using var http = callers.Http();
        var error = await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync(callers.Token()));
        Assert.Contains("403", error.Message, StringComparison.Ordinal);
        using var live = await OpenAsync(callers.Token(token => token.Claims!["scope"] = "live"));
        Assert.Equal(Protocol, live.Socket.SubProtocol);
        await live.SayAsync("""{"mark": {}}""");
        Assert.Equal(["config"], (await live.FailureAsync()).GetProperty("errors").EnumerateObject().Select(field => field.Name));

        Task<LiveClient> OpenAsync(string token) => LiveClient.OpenAsync(
            callers.Gateway.Address,
            options =>
            {
                (options.HttpVersion, options.HttpVersionPolicy) = (Version.Parse(version), HttpVersionPolicy.RequestVersionExact);
                options.AddSubProtocol(Protocol);
                options.AddSubProtocol($"vampnet.bearer.{WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(token))}");
            },
            http);
    }

    [Fact]
    public async Task A_session_is_one_call_and_one_too_many_is_told_when_to_come_again()
    {
        await using var door = await Door.OpenAsync(mesh, null, "--Admission:MaxCalls=1");
        using var first = await LiveClient.OpenAsync(door.Address);
        using var response = await door.Http.SendAsync(Upgrade());
        var problem = await Task.FromResult(response).ProblemAsync();
        Assert.Equal((HttpStatusCode.TooManyRequests, "QUEUE_FULL"), (problem.Status, problem.Reason));
        Assert.True(problem.RetryAfter >= TimeSpan.FromSeconds(1));
        await first.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        using var second = await LiveClient.OpenAsync(door.Address);
    }

    [Fact]
    public async Task A_client_that_takes_nothing_is_not_read_from_and_is_given_up()
    {
        await using var door = await Door.OpenAsync(mesh, null, "--Limits:IdleSeconds=1");
        using var live = await LiveClient.OpenAsync(door.Address);
        await live.BeginAsync(new LiveConfig
        {
            SampleRate = 96_000,
            Channels = 2,
            Prompt = new Prompt { None = new NonePrompt() },
            Tempo = new Tempo { BeatsPerMinute = 120, BeatsPerBar = 1 },
        });
        var loop = new float[96_000]; // half a second
        await Assert.ThrowsAnyAsync<WebSocketException>(async () =>
        {
            while (true)
                await live.SendAsync(loop);
        });
        await door.Gateway.AtWorkAsync(0);
    }

    private static HttpRequestMessage Upgrade(bool upgrades = true, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/live");
        (string, string)[] handshake =
        [
            ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", Convert.ToBase64String(new byte[16])),
        ];
        foreach (var (name, value) in (upgrades ? handshake : []).Concat(headers))
            request.Headers.Add(name, value);
        return request;
    }

    private static async Task<(HttpStatusCode, string?)> RefusedAsync(Door door, params (string Name, string Value)[] headers)
    {
        using var request = Upgrade(headers: headers);
        var problem = await door.Http.SendAsync(request).ProblemAsync();
        return (problem.Status, problem.Reason);
    }
}
