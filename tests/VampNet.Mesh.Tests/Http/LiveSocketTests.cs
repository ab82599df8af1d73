using System.Net.WebSockets;
using VampNet.Client;
using VampNet.Mesh.Tests.Stages;
using VampNet.Mesh.Tests.Support;

namespace VampNet.Mesh.Tests.Http;

/// <summary>Live sessions over WebSockets, at a gateway whose time stands still: however slow the machine is, no round is late.</summary>
[Collection(MeshTests.Name)]
public sealed class LiveSocketTests(Support.Mesh mesh) : IAsyncLifetime
{
    private const int MaxMessageBytes = 256 << 10;

    private readonly ManualTime _time = new();
    private Door _door = null!;

    private StageHost Gateway => _door.Gateway;

    public async Task InitializeAsync() => _door = await Door.OpenAsync(mesh, _time, $"--Limits:MaxMessageBytes={MaxMessageBytes}");

    public async Task DisposeAsync() => await _door.DisposeAsync();

    [Fact]
    public async Task Rounds_are_those_of_gRPC()
    {
        using var client = new VampNetClient(Gateway.Address);
        using var expected = await client.OpenLiveAsync(Loops.Config());
        using var live = await StartAsync();
        foreach (var length in new[] { Loops.Samples, Loops.Samples - 1_001 })
        {
            await expected.SendAsync(Loops.Tone(length));
            await expected.MarkAsync();
            // Cut anywhere, as long as frames are whole.
            await live.SendAsync(Loops.Tone(length)[..777]);
            await live.SendAsync(Loops.Tone(length)[777..]);
            await live.MarkAsync();
        }
        await expected.CompleteAsync();
        var count = 0;
        await foreach (var round in expected.RoundsAsync())
        {
            count++;
            var (own, samples) = await live.RoundAsync();
            Assert.Equal(round.Round.Number, own.GetProperty("number").GetUInt32());
            Assert.Equal("ROUND_KIND_VARIATION", own.GetProperty("kind").GetString());
            Assert.Equal($"{round.Round.Seed}", own.GetProperty("seed").GetString());
            Assert.Equal(round.Round.CoarseSteps, own.GetProperty("coarseSteps").GetUInt32());
            Assert.InRange(own.GetProperty("latenessSeconds").GetDouble(), -3, -2);
            Assert.Equal(round.Samples, samples);
        }
        Assert.Equal(2, count);
    }

    [Theory]
    [InlineData("""{"config": {"sampleRate": 8000}}""", 400, "config.prompt")]
    [InlineData("""{"config": {"sampleRate": 8000, "prompt": {"all": {}}, "model": "nobody"}}""", 404, "config.model")]
    [InlineData("""{"mark": {}}""", 400, "config")]
    [InlineData("""{"config": {"sampleRat": 8000}}""", 400, "message")]
    [InlineData("Hello!", 400, "message")]
    public async Task A_session_that_cannot_be_is_refused_by_field(string first, int status, string field)
    {
        using var live = await LiveClient.OpenAsync(_door.Address);
        await live.SayAsync(first);
        var problem = await live.FailureAsync();
        Assert.Equal((status, "about:blank"), (problem.GetProperty("status").GetInt32(), problem.GetProperty("type").GetString()));
        Assert.Equal([field], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        await Gateway.AtWorkAsync(0);
    }

    [Fact]
    public async Task What_is_no_audio_ends_the_session_with_its_field()
    {
        using var live = await StartAsync();
        await live.SendAsync([1, 2, 3], WebSocketMessageType.Binary);
        var problem = await live.FailureAsync();
        Assert.Equal(["audio"], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Theory]
    [InlineData(WebSocketMessageType.Binary)]
    [InlineData(WebSocketMessageType.Text)]
    public async Task A_message_that_is_too_large_ends_the_session(WebSocketMessageType type)
    {
        using var live = await StartAsync();
        await live.SendAsync(new byte[MaxMessageBytes], type);
        var problem = await live.FailureAsync();
        Assert.Equal(413, problem.GetProperty("status").GetInt32());
        await Gateway.AtWorkAsync(0);
    }

    [Fact]
    public async Task A_message_may_be_as_large_as_it_may_be()
    {
        using var live = await StartAsync();
        await live.SendAsync(new float[MaxMessageBytes / sizeof(float) - 4]); // the last 16 bytes are the contract's own
        await live.MarkAsync();
        Assert.Equal(1u, (await live.RoundAsync()).Round.GetProperty("number").GetUInt32());
    }

    [Fact]
    public async Task A_client_that_says_goodbye_is_answered_and_frees_its_permit()
    {
        using var live = await StartAsync();
        await live.SendAsync(Loops.Tone(Loops.Samples));
        await live.MarkAsync();
        Assert.Equal(1, Gateway.AtWork);
        await live.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, live.Socket.CloseStatus);
        Assert.Equal(0, Gateway.AtWork); // whoever has heard goodbye may come again
    }

    [Fact]
    public async Task A_client_that_is_gone_frees_its_permit()
    {
        using var live = await StartAsync();
        await live.SendAsync(Loops.Tone(Loops.Samples));
        await live.MarkAsync();
        live.Socket.Abort();
        await Gateway.AtWorkAsync(0);
    }

    [Fact]
    public async Task A_client_that_sends_nothing_is_told()
    {
        using var live = await StartAsync();
        await _time.AwaitedAsync(TimeSpan.FromSeconds(60));
        _time.Advance(TimeSpan.FromSeconds(60));
        var problem = await live.FailureAsync();
        Assert.Equal((408, "CLIENT_IDLE"), (problem.GetProperty("status").GetInt32(), problem.GetProperty("reason").GetString()));
        await Gateway.AtWorkAsync(0);
    }

    private async Task<LiveClient> StartAsync()
    {
        var live = await LiveClient.OpenAsync(_door.Address);
        await live.BeginAsync(Loops.Config());
        var started = await live.HearAsync("started");
        Assert.Equal("5", started.GetProperty("config").GetProperty("seed").GetString());
        return live;
    }
}
