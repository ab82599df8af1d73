using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.Options;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Services.Hosting.Limits;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>Clients that let a stage wait; time passes when the test says so.</summary>
[Collection(MeshTests.Name)]
public sealed class IdleTests(Support.Mesh mesh)
{
    private const uint Frames = 2_000;

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(60), Drain = TimeSpan.FromSeconds(1);

    private readonly ManualTime _time = new();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task An_upload_that_stops_is_ended_and_returns_its_permit(int messages)
    {
        await using var stage = await StartAsync(minSpeed: 0);
        using var call = new CodecService.CodecServiceClient(stage.Channel).Encode();
        for (var i = 0; i < messages; i++)
            await call.RequestStream.WriteAsync(
                i == 0 ? new EncodeRequest { Config = new EncodeConfig() } : new EncodeRequest { Audio = ByteString.CopyFrom(1, 2, 3) });
        await stage.AtWorkAsync(1);
        await PassAsync(stage);
        await AssertAbortedAsync(stage, call, "the client sent nothing for 60 s", "CLIENT_IDLE");
    }

    [Fact]
    public async Task An_upload_that_goes_on_in_time_is_never_ended()
    {
        await using var stage = await StartAsync(minSpeed: 0);
        using var call = new CodecService.CodecServiceClient(stage.Channel).Encode();
        await call.RequestStream.WriteAsync(new EncodeRequest { Config = new EncodeConfig() });
        foreach (var part in Sounds.Chord(0.5).Chunk(8_000))
        {
            await _time.AwaitedAsync(Idle); // it has read what there was
            _time.Advance(Idle - TimeSpan.FromSeconds(1));
            await call.RequestStream.WriteAsync(new EncodeRequest { Audio = ByteString.CopyFrom(part) });
        }
        await call.RequestStream.CompleteAsync();
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.Equal(29u, call.ResponseStream.Current.Header.Frames);
        Assert.True(_time.GetElapsedTime(0) > 4 * Idle);
    }

    [Theory]
    [InlineData(1, 5, "CLIENT_SLOW", 35, "the client sent 21 bytes in 35 s, less than 100 a second")]
    [InlineData(1_000, 5, "UPLOAD_TOO_LONG", 600, "the client did not end its upload within 600 s")]
    [InlineData(9_000, 59, "UPLOAD_TOO_LONG", 600, "the client did not end its upload within 600 s")]
    public async Task An_upload_that_drips_or_never_ends_is_ended(int bytes, int pauseSeconds, string reason, int seconds, string words)
    {
        var limits = Options.Create(new MeshLimits { MaxUploadSeconds = 600 });
        var message = new EncodeRequest { Audio = ByteString.CopyFrom(new byte[bytes]) };
        var reader = new WatchedReader<EncodeRequest>(
            new DrippingReader<EncodeRequest>(message, TimeSpan.FromSeconds(pauseSeconds), _time), new IdleLimit(limits, _time));
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await reader.MoveNext(default))
                continue;
        });
        Assert.Equal((StatusCode.Aborted, reason), (error.StatusCode, error.Detail<Google.Rpc.ErrorInfo>()?.Reason));
        Assert.Equal(words, error.Status.Detail);
        Assert.InRange(_time.GetElapsedTime(0).TotalSeconds, seconds, seconds + pauseSeconds);
    }

    [Theory]
    [InlineData(5, null)]
    [InlineData(61, "CLIENT_IDLE")]
    public async Task A_session_goes_on_for_ever_but_not_in_silence(int pauseSeconds, string? reason)
    {
        var message = new EncodeRequest { Audio = ByteString.CopyFrom(new byte[1_000]) };
        var reader = new WatchedReader<EncodeRequest>(
            new DrippingReader<EncodeRequest>(message, TimeSpan.FromSeconds(pauseSeconds), _time),
            new IdleLimit(Options.Create(new MeshLimits { MaxUploadSeconds = 600 }), _time), isSession: true);
        var error = await Record.ExceptionAsync(async () =>
        {
            for (var i = 0; i < 1_000; i++)
                await reader.MoveNext(default);
        });
        Assert.Equal(reason, (error as RpcException)?.Detail<ErrorInfo>()?.Reason);
    }

    [Fact]
    public async Task A_client_that_takes_nothing_is_ended_and_returns_its_permit()
    {
        await using var stage = await StartAsync();
        using var call = new CodecService.CodecServiceClient(stage.Channel).Decode();
        await SendAsync(call);
        while ((await PrometheusPage.GetAsync(stage.Address)).Sum("vampnet_audio_duration_seconds_total") == 0)
            await Task.Yield();
        await PassAsync(stage);
        await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.ReadToEndAsync());
    }

    [Fact]
    public async Task A_stage_that_works_waits_for_nobody()
    {
        var generator = new HeldGenerator();
        await using var stage = await StageHost.CoarseAsync(generator, _time);
        using var call = new CoarseGeneratorService.CoarseGeneratorServiceClient(stage.Channel)
            .Generate(Calls.Generation(steps: 3));
        for (var step = 0; step < 3; step++)
        {
            await generator.Started.WaitAsync();
            _time.Advance(TimeSpan.FromHours(1));
            generator.Permits.Release();
        }
        Assert.Equal(4, (await call.ResponseStream.ReadToEndAsync()).Count);
    }

    [Fact]
    public async Task A_request_whose_one_message_does_not_come_is_ended()
    {
        await using var stage = await StartAsync();
        using var http = new HttpClient();
        using var unsent = new UnsentContent();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(stage.Address, "/vampnet.codec.v1.CodecService/GetCodec"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = unsent,
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        var answer = http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await _time.AwaitedAsync(Idle);
        _time.Advance(Idle);
        await _time.AwaitedAsync(Drain);
        _time.Advance(Drain);
        using var response = await answer;
        Assert.Equal("10", Assert.Single(response.Headers.GetValues("grpc-status")));
        Assert.Equal("the client sent nothing for 60 s", Uri.UnescapeDataString(Assert.Single(response.Headers.GetValues("grpc-message"))));
        Assert.True(response.Headers.Contains("grpc-status-details-bin"));
        unsent.End();
    }

    private async Task AssertAbortedAsync(
        StageHost stage, AsyncDuplexStreamingCall<EncodeRequest, EncodeResponse> call, string message, string reason)
    {
        await stage.AtWorkAsync(0);
        // What it may still have sent is taken in for a moment.
        await _time.AwaitedAsync(Drain);
        _time.Advance(Drain);
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal(
            (StatusCode.Aborted, message, reason), (error.StatusCode, error.Status.Detail, error.Detail<ErrorInfo>()?.Reason));
    }

    /// <param name="minSpeed">of uploads, in bytes a second; 0 where messages may be read before or after time passes</param>
    private Task<StageHost> StartAsync(int minSpeed = 100) =>
        StageHost.CodecAsync(mesh.Package.Folder, _time, $"--Limits:MinUploadBytesPerSecond={minSpeed}");

    /// <summary>Tokens of much more audio than fits between a stage and its client.</summary>
    private static async Task SendAsync(AsyncDuplexStreamingCall<DecodeRequest, DecodeResponse> call)
    {
        await call.RequestStream.WriteAsync(
            new DecodeRequest { Config = new DecodeConfig { Output = new OutputFormat { Encoding = OutputEncoding.PcmF32Le } } });
        await call.RequestStream.WriteAsync(new DecodeRequest { Tokens = Tokens.Of(1, Frames, i => i % 1024) });
        await call.RequestStream.CompleteAsync();
    }

    /// <summary>Lets time pass whenever the stage waits for its client, until it has given up.</summary>
    private async Task PassAsync(StageHost stage)
    {
        var ended = stage.AtWorkAsync(0);
        while (stage.AtWork > 0)
        {
            await Task.WhenAny(ended, _time.AwaitedAsync(Idle));
            if (stage.AtWork > 0)
                _time.Advance(Idle);
        }
    }

    /// <summary>The beginning of a request, whose rest is kept back.</summary>
    private sealed class UnsentContent : HttpContent
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public UnsentContent() => Headers.ContentType = new MediaTypeHeaderValue("application/grpc");

        public void End() => _end.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(new byte[3]);
            await stream.FlushAsync();
            await _end.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    /// <summary>A message every so often, for ever.</summary>
    private sealed class DrippingReader<T>(T message, TimeSpan pause, ManualTime time) : IAsyncStreamReader<T>
    {
        public T Current => message;

        public Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            time.Advance(pause);
            cancellationToken.ThrowIfCancellationRequested();
            return Task.FromResult(true);
        }
    }
}
