using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using VampNet.Core.Tokens;
using VampNet.Mesh.Tests.Support;
using VampNet.Model.Codec;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Services.Codec;
using VampNet.Services.Hosting.Health;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>How windows share a codec; the test decides when a step ends.</summary>
public sealed class CodecSchedulingTests : IAsyncLifetime
{
    private const int Patience = 60_000; // in ms

    private readonly ManualTime _time = new();
    private StageHost _stage = null!;
    private CodecService.CodecServiceClient _client = null!;

    private HeldCodec Codec { get; } = new();

    public async Task InitializeAsync()
    {
        _stage = await StageHost.StartAsync(b => b.AddCodec().UseModel<ICodec>(Codec), a => a.MapCodec(), _time);
        _client = new CodecService.CodecServiceClient(_stage.Channel);
    }

    public async Task DisposeAsync() => await _stage.DisposeAsync();

    [Fact(Timeout = Patience)]
    public async Task Windows_of_one_size_and_operation_share_a_step_and_others_do_not()
    {
        var first = DecodeAsync(frames: 10, token: 1);
        await Codec.Started.WaitAsync();
        var (second, third, longer) = (DecodeAsync(10, 2), DecodeAsync(10, 3), DecodeAsync(20, 4));
        await _stage.ScheduledAsync<ICodec>(4);
        var encoding = EncodeAsync(frames: 10);
        await _stage.ScheduledAsync<ICodec>(5);
        Codec.Permits.Release(4);
        Assert.All(
            await Task.WhenAll(first, second, third, longer),
            (samples, i) => Assert.Equal(Enumerable.Repeat((i + 1) / 1024f, samples.Length), samples));
        await encoding;
        Assert.Equal("decode 1x10", Codec.Steps[0]);
        Assert.Equal(["decode 1x20", "decode 2x10", "encode 1x10"], Codec.Steps.Skip(1).Order());
    }

    [Fact(Timeout = Patience)]
    public async Task A_step_that_fails_in_a_batch_is_made_again_one_by_one()
    {
        Codec.FailsInBatches = true;
        var first = DecodeAsync(10, 1);
        await Codec.Started.WaitAsync();
        var (second, third) = (DecodeAsync(10, 2), DecodeAsync(10, 3));
        await _stage.ScheduledAsync<ICodec>(3);
        Codec.Permits.Release(4);
        Assert.Equal([1 / 1024f, 2 / 1024f, 3 / 1024f], (await Task.WhenAll(first, second, third)).Select(samples => samples[0]));
        Assert.Equal(["decode 1x10", "decode 2x10", "decode 1x10", "decode 1x10"], Codec.Steps);
    }

    [Fact(Timeout = Patience)]
    public async Task A_cancelled_window_is_gone_before_its_step()
    {
        var first = DecodeAsync(10, 1);
        await Codec.Started.WaitAsync();
        using var cancel = new CancellationTokenSource();
        var (going, staying) = (DecodeAsync(10, 2, cancellationToken: cancel.Token), DecodeAsync(10, 3));
        await _stage.ScheduledAsync<ICodec>(3);
        await cancel.CancelAsync();
        await _stage.ScheduledAsync<ICodec>(2);
        Codec.Permits.Release(2);
        await Assert.ThrowsAsync<RpcException>(() => going);
        Assert.Equal(3 / 1024f, (await staying)[0]);
        await first;
        Assert.Equal(["decode 1x10", "decode 1x10"], Codec.Steps);
    }

    [Fact(Timeout = Patience)]
    public async Task A_deadline_that_leaves_no_time_for_all_windows_is_refused_with_the_estimate()
    {
        // A step of ten frames takes a second.
        var known = DecodeAsync(10, 1);
        await Codec.Started.WaitAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        Codec.Permits.Release();
        await known;

        var running = DecodeAsync(10, 1);
        await Codec.Started.WaitAsync();
        // 10 frames wait; 1,500 are three chunks, with their margins 704 + 768 + 284.
        var error = await Assert.ThrowsAsync<RpcException>(
            () => DecodeAsync(1_500, 1, deadline: _time.GetUtcNow().UtcDateTime.AddSeconds(170)));
        Assert.Equal((StatusCode.DeadlineExceeded, "DEADLINE_TOO_SHORT"), (error.StatusCode, error.Detail<ErrorInfo>()?.Reason));
        Assert.Contains("about 176.6 s", error.Status.Detail, StringComparison.Ordinal);

        Codec.Permits.Release(4);
        Assert.Equal(1_500 * Codec.Hop, (await DecodeAsync(1_500, 1, deadline: _time.GetUtcNow().UtcDateTime.AddSeconds(180))).Length);
        await running;
    }

    [Fact(Timeout = Patience)]
    public async Task The_load_is_the_windows_that_are_left()
    {
        var load = _stage.Get<StageLoad>();
        var decoding = DecodeAsync(1_500, 1);
        for (var left = 3; left > 0; left--)
        {
            await Codec.Started.WaitAsync();
            Assert.Equal((left, 1), (load.PendingSteps, load.PendingRequests));
            Codec.Permits.Release();
        }
        await decoding;
        while (load.PendingRequests > 0) // the call ends a little after its last message
            await Task.Yield();
        Assert.Equal(0, load.PendingSteps);
    }

    private async Task<float[]> DecodeAsync(int frames, int token, DateTime? deadline = null, CancellationToken cancellationToken = default)
    {
        using var call = _client.Decode(deadline: deadline, cancellationToken: cancellationToken);
        var config = new DecodeConfig
        {
            Samples = (ulong)(frames * Codec.Hop),
            Output = new OutputFormat { Encoding = OutputEncoding.PcmF32Le },
        };
        await call.RequestStream.WriteAsync(new DecodeRequest { Config = config }, CancellationToken.None);
        await call.RequestStream.WriteAsync(new DecodeRequest { Tokens = Tokens.Of(1, (uint)frames, _ => token) }, CancellationToken.None);
        await call.RequestStream.CompleteAsync();
        var audio = new MemoryStream();
        await foreach (var response in call.ResponseStream.ReadAllAsync(CancellationToken.None))
            audio.Write(response.Audio.Span);
        return System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(audio.ToArray()).ToArray();
    }

    private async Task EncodeAsync(int frames)
    {
        using var call = _client.Encode();
        var config = new EncodeConfig
        {
            Input = new InputFormat { Encoding = InputEncoding.PcmF32Le, SampleRate = (uint)Codec.SampleRate, Channels = 1 },
        };
        var samples = Enumerable.Range(0, frames * Codec.Hop).Select(i => MathF.Sin(i * 0.05f)).ToArray();
        await call.RequestStream.WriteAsync(new EncodeRequest { Config = config });
        await call.RequestStream.WriteAsync(
            new EncodeRequest { Audio = ByteString.CopyFrom(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(samples)) });
        await call.RequestStream.CompleteAsync();
        await call.ResponseStream.ReadToEndAsync();
    }

    /// <summary>A codec that is held. Audio is the first token of its window, over 1,024.</summary>
    private sealed class HeldCodec : HeldModel, ICodec
    {
        /// <summary>What has begun: operation, windows and their frames.</summary>
        public List<string> Steps { get; } = [];

        public int SampleRate => 44_100;

        public int Hop => 768;

        public int Codebooks => 1;

        public bool SharesPasses => true;

        public IReadOnlyList<TokenGrid> Encode(IReadOnlyList<EncodeWindow> windows)
        {
            Step("encode", windows.Count, windows[0].Audio.Length / Hop);
            return [.. windows.Select(window => new TokenGrid(1, window.Count, new ushort[window.Count]))];
        }

        public IReadOnlyList<float[]> Decode(IReadOnlyList<DecodeWindow> windows)
        {
            Step("decode", windows.Count, windows[0].Tokens.Frames);
            return [.. windows.Select(window => Enumerable.Repeat(window.Tokens[0, 0] / 1024f, window.Count * Hop).ToArray())];
        }

        public void Dispose()
        {
        }

        private void Step(string operation, int windows, int frames)
        {
            Steps.Add($"{operation} {windows}x{frames}");
            Step(windows);
        }
    }
}
