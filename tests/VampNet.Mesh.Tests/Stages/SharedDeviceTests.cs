using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using VampNet.Audio;
using VampNet.Mesh.Tests.Support;
using VampNet.Model.Beats;
using VampNet.Model.Packages;
using VampNet.Model.Sampling;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Services.BeatTracker;
using VampNet.Services.CoarseGenerator;
using VampNet.Services.Hosting.Health;
using VampNet.Services.Inference.Models;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>How stages share a device, as they do in one process.</summary>
[Collection(MeshTests.Name)]
public sealed class SharedDeviceTests
{
    private const int Rate = 22_050, Seconds = 20, Pieces = 5; // of six seconds each, and the end

    [Fact(Timeout = 60_000)]
    public async Task A_long_file_at_the_beat_tracker_lets_a_generation_in_after_every_piece()
    {
        using var devices = new DeviceThreads();
        using var package = new TinyPackage(sources => sources with { Beats = Goldens.File("wavebeat_tiny.pth") });
        var network = ModelLoader.LoadBeatTracker(ModelPackage.Open(package.Folder), "cpu");
        var alone = network.Track(Music());
        var tracker = new HeldTracker(network);
        await using var beats = await StageHost.StartAsync(
            b => b.AddBeatTracker().UseModel<IBeatTracker>(tracker).Services.AddSingleton(devices), a => a.MapBeatTracker());
        await using var coarse = await StageHost.StartAsync(
            b => b.AddCoarseGenerator().UseModel<ITokenGenerator>(new HeldGenerator()).Services.AddSingleton(devices),
            a => a.MapCoarseGenerator());

        var tracking = TrackAsync(new BeatService.BeatServiceClient(beats.Channel));
        for (var piece = 1; piece <= Pieces; piece++)
        {
            await tracker.Started.WaitAsync();
            Assert.Equal(Pieces - piece + 1, beats.Get<StageLoad>().PendingSteps);
            var generation = GenerateAsync(new CoarseGeneratorService.CoarseGeneratorServiceClient(coarse.Channel));
            while (devices.For("cpu").Waiting == 0)
                await Task.Yield();
            tracker.Permits.Release();
            await generation; // while the next piece, if there is one, is still held
        }
        var track = await tracking;
        Assert.Equal(alone.BeatTimes, track.Beats);
        Assert.Equal(alone.DownbeatTimes, track.Downbeats);
        Assert.Equal(0, tracker.Started.CurrentCount);
    }

    private static AudioBuffer Music()
    {
        var random = new Random(7);
        return new AudioBuffer([.. Enumerable.Range(0, Seconds * Rate).Select(_ => (float)(random.NextDouble() - 0.5))], Rate);
    }

    private static async Task<TrackResponse> TrackAsync(BeatService.BeatServiceClient client)
    {
        using var call = client.Track();
        await call.RequestStream.WriteAsync(new TrackRequest
        {
            Config = new TrackConfig { Input = new InputFormat { Encoding = InputEncoding.PcmF32Le, SampleRate = Rate, Channels = 1 } },
        });
        await call.RequestStream.WriteAsync(new TrackRequest
        {
            Audio = ByteString.CopyFrom(System.Runtime.InteropServices.MemoryMarshal.AsBytes(Music().Samples.AsSpan())),
        });
        await call.RequestStream.CompleteAsync();
        return await call;
    }

    private static async Task GenerateAsync(CoarseGeneratorService.CoarseGeneratorServiceClient client)
    {
        using var call = client.Generate(Calls.Generation(steps: 1));
        await call.ResponseStream.ReadToEndAsync();
    }

    /// <summary>A real tracker that is held piece by piece.</summary>
    private sealed class HeldTracker(IBeatTracker tracker) : HeldModel, IBeatTracker, IDisposable
    {
        public string Kind => tracker.Kind;

        public BeatTracking Begin(Func<NAudio.Wave.ISampleProvider> open) => tracker.Begin(open);

        public void Advance(IReadOnlyList<BeatTracking> trackings)
        {
            Step(trackings.Count);
            tracker.Advance(trackings);
        }

        public void Dispose() => ((IDisposable)tracker).Dispose();
    }
}
