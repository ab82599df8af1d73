using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using VampNet.Mesh.Tests.Support;
using VampNet.Services.Hosting.Limits;
using VampNet.Testing;
using static VampNet.Mesh.Tests.Support.RawHttp2;
using CoarseGeneratorService = VampNet.Protos.Generator.V1.CoarseGeneratorService;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>Connections that speak HTTP/2 as no library does, byte by byte.</summary>
public class FloodTests
{
    private readonly TestCa? _ca;
    private readonly string[] _settings;

    public FloodTests()
        : this(null)
    {
    }

    /// <param name="ca">of the server's certificate; null = no TLS</param>
    private protected FloodTests(TestCa? ca)
    {
        var own = ca?.Issue("stage", "127.0.0.1");
        (_ca, _settings) = (ca, own is null ? [] : [$"--Tls:CertificatePath={own.Path}", $"--Tls:KeyPath={own.KeyPath}"]);
    }

    // As many frames without content as the server takes at once, and as many a second from then on.
    private const int Burst = 20_000, PerSecond = 2_000;

    private readonly ManualTime _time = new();

    [Theory]
    [InlineData(Ping, "0000000000000000", 0)]
    [InlineData(Settings, "", 0)]
    [InlineData(Priority, "0000000000", 1)]
    [InlineData(Unknown, "000000", 0)]
    [InlineData(WindowUpdate, "00000001", 0)]
    public async Task Frames_without_content_end_the_connection_once_they_are_too_many(byte type, string payload, int stream)
    {
        await using var server = await StageHost.StartAsync(time: _time, settings: _settings);
        using var connection = await ConnectAsync(server.Address, _ca);
        await connection.WriteAsync(Frame(Headers, Request(server.Address.Scheme), stream: 1, flags: EndHeaders | EndStream));
        await ReadUntilAsync(connection, frame => frame.Type == Headers);
        var frame = Frame(type, Convert.FromHexString(payload), stream);
        var reading = ReadUntilAsync(connection, frame => frame is { Type: Ping, Flags: Ack }, payload: [1, 1, 1, 1, 1, 1, 1, 1]);
        await connection.WriteAsync(Many(frame, Burst - 10)); // a few more than the frames that it begins with
        await connection.WriteAsync(Frame(Ping, [1, 1, 1, 1, 1, 1, 1, 1]));
        await reading;
        await AssertEndsAsync(connection, Many(frame, 20));
    }

    /// <summary>Kestrel takes away what is there, be it half a header.</summary>
    [Fact]
    public async Task Frames_are_counted_although_every_byte_of_them_comes_and_goes_alone()
    {
        var pipe = new Pipe();
        var connection = new DefaultConnectionContext { Transport = new Duplex(pipe.Reader, new Pipe().Writer) };
        await new FrameLimit(_time, NullLogger<FrameLimit>.Instance).CountAsync(connection, async counted =>
        {
            await PassAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
            await PassAsync(Frame(0, new byte[50], stream: 1));
            for (var i = 0; i < Burst; i++)
                await PassAsync(Frame(i % 2 == 0 ? Settings : WindowUpdate, i % 2 == 0 ? [] : [0, 0, 0, 1]));
            Assert.False(counted.ConnectionClosed.IsCancellationRequested);
            await PassAsync(Frame(WindowUpdate, [0, 1, 0, 0])); // a large one carries something
            Assert.False(counted.ConnectionClosed.IsCancellationRequested);
            await PassAsync(Frame(Settings, []));

            async Task PassAsync(byte[] bytes)
            {
                foreach (var one in bytes)
                {
                    await pipe.Writer.WriteAsync(new[] { one });
                    var read = await counted.Transport.Input.ReadAsync();
                    Assert.Equal(one, read.Buffer.FirstSpan[0]);
                    counted.Transport.Input.AdvanceTo(read.Buffer.End);
                }
            }
        });
        var closed = new TaskCompletionSource();
        using var registration = connection.ConnectionClosed.Register(closed.SetResult);
        await closed.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Headers_that_go_on_without_content_end_the_connection()
    {
        await using var server = await StageHost.StartAsync(time: _time, settings: _settings);
        using var connection = await ConnectAsync(server.Address, _ca);
        await connection.WriteAsync(Frame(Headers, [], stream: 1));
        await AssertEndsAsync(connection, Many(Frame(Continuation, [], stream: 1), Burst + 10));
    }

    [Fact]
    public async Task A_connection_that_pings_within_its_budget_goes_on()
    {
        await using var stage = await StageHost.StartAsync(time: _time, settings: _settings);
        using var connection = await ConnectAsync(stage.Address, _ca);
        // Less than the burst, since the connection has sent settings, too.
        await PingsAsync(connection, Burst - 10);
        for (var second = 0; second < 3; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await PingsAsync(connection, PerSecond);
        }
    }

    [Fact]
    public async Task A_connection_beyond_the_limit_is_closed_as_it_comes()
    {
        await using var server = await StageHost.StartAsync(settings: [.. _settings, "--Limits:MaxConnections=1"]);
        using var first = await ConnectAsync(server.Address, _ca);
        await PingsAsync(first, 1);
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            using var second = await ConnectAsync(server.Address, _ca);
            await PingsAsync(second, 1);
        });
        await PingsAsync(first, 1);
    }

    [Fact]
    public async Task A_connection_without_a_call_is_asked_to_end_even_if_it_answers_pings()
    {
        await using var server = await StageHost.StartAsync(time: _time, settings: [.. _settings, "--Limits:ConnectionIdleSeconds=100"]);
        using var connection = await ConnectAsync(server.Address, _ca);
        await PingsAsync(connection, 1);
        _time.Advance(TimeSpan.FromSeconds(99));
        await PingsAsync(connection, 1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await AssertEndsAsync(connection, []);
    }

    [Fact]
    public async Task A_connection_with_a_call_goes_on()
    {
        var generator = new HeldGenerator();
        await using var stage = await StageHost.CoarseAsync(generator, _time, "--Limits:ConnectionIdleSeconds=10");
        var client = new CoarseGeneratorService.CoarseGeneratorServiceClient(stage.Channel);
        using var call = client.Generate(Calls.Generation(steps: 2));
        await generator.Started.WaitAsync();
        _time.Advance(TimeSpan.FromSeconds(11));
        generator.Permits.Release(2);
        Assert.NotEmpty(await call.ResponseStream.ReadToEndAsync());
    }

    [Fact]
    public async Task Headers_far_beyond_the_limit_are_answered_with_431_and_the_connection_goes_on()
    {
        await using var stage = await StageHost.StartAsync(time: _time, settings: _settings);
        using var connection = await ConnectAsync(stage.Address, _ca);
        var block = HeaderBlock(
            (":method", "POST"), (":scheme", stage.Address.Scheme), (":path", "/"), (":authority", "x"),
            ("x-trace", new string('x', 400_000)));
        var parts = block.Chunk(16_000).ToList();
        for (var i = 0; i < parts.Count; i++)
            await connection.WriteAsync(
                Frame(i == 0 ? Headers : Continuation, parts[i], stream: 1, flags: i == parts.Count - 1 ? EndHeaders : (byte)0));
        var answer = await ReadUntilAsync(connection, frame => frame.Type == Headers);
        Assert.Contains("431", Encoding.ASCII.GetString(answer.Payload), StringComparison.Ordinal);
        await PingsAsync(connection, 1);
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Sends pings and reads as many answers.</summary>
    private static async Task PingsAsync(Stream connection, int count)
    {
        var sending = connection.WriteAsync(Many(Frame(Ping, new byte[8]), count));
        for (var answers = 0; answers < count; answers++)
            await ReadUntilAsync(connection, frame => frame is { Type: Ping, Flags: Ack });
        await sending;
    }

    /// <summary>Whatever the server answers, it ends the connection.</summary>
    private static async Task AssertEndsAsync(Stream connection, byte[] frames)
    {
        var bytes = new byte[1 << 16];
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            await connection.WriteAsync(frames);
            while (await connection.ReadAsync(bytes) > 0)
            {
            }
            throw new EndOfStreamException();
        });
    }

    /// <param name="payload">null = any</param>
    private static async Task<(byte Type, byte Flags, byte[] Payload)> ReadUntilAsync(
        Stream connection, Func<(byte Type, byte Flags), bool> isWanted, byte[]? payload = null)
    {
        var header = new byte[9];
        while (true)
        {
            await connection.ReadExactlyAsync(header);
            var content = new byte[BinaryPrimitives.ReadInt32BigEndian(header) >> 8];
            await connection.ReadExactlyAsync(content);
            Assert.True(header[3] != GoAway, $"the server ended the connection: {Convert.ToHexString(content)}");
            if (isWanted((header[3], header[4])) && (payload is null || content.AsSpan().SequenceEqual(payload)))
                return (header[3], header[4], content);
        }
    }
}

/// <summary>The same within TLS: what is counted is what was encrypted.</summary>
public sealed class EncryptedFloodTests() : FloodTests(new TestCa());
