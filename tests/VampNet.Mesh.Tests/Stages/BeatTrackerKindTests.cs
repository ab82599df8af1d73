using Google.Protobuf;
using Microsoft.Extensions.Options;
using VampNet.Mesh.Tests.Support;
using VampNet.Model.Checkpoints;
using VampNet.Protos.Beats.V1;
using VampNet.Services.BeatTracker;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>Package and configuration decide together which tracker the stage runs.</summary>
[Collection(MeshTests.Name)]
public sealed class BeatTrackerKindTests
{
    private const double Bpm = 100;

    [Theory]
    [InlineData("auto", true)]
    [InlineData("wavebeat", true)]
    [InlineData("spectral-flux", false)]
    public async Task A_package_with_beats_is_used_unless_the_configuration_says_otherwise(string kind, bool isWaveBeat)
    {
        var track = await TrackAsync(kind, Goldens.File("wavebeat_tiny.pth"));
        // The golden network is a random one: whatever it finds, it is no steady pulse.
        Assert.Equal(isWaveBeat, track.Beats.Zip(track.Beats.Skip(1)).Any(pair => Math.Abs(pair.Second - pair.First - 60 / Bpm) > 0.1));
        Assert.NotEmpty(track.Beats);
    }

    [Fact]
    public async Task Auto_needs_no_beats_in_the_package() => Assert.InRange((await TrackAsync("auto", beats: null)).Tempo, 95, 105);

    [Fact]
    public async Task Wavebeat_needs_them() =>
        Assert.Contains(
            "no part 'beats'", (await Assert.ThrowsAsync<CheckpointException>(() => TrackAsync("wavebeat", beats: null))).Message,
            StringComparison.Ordinal);

    [Fact]
    public async Task Other_kinds_are_refused_by_the_name_of_the_setting() =>
        Assert.Contains(
            "BeatTracker:Kind", (await Assert.ThrowsAsync<OptionsValidationException>(() => TrackAsync("librosa", beats: null))).Message,
            StringComparison.Ordinal);

    private static async Task<TrackResponse> TrackAsync(string kind, string? beats)
    {
        using var package = new TinyPackage(sources => sources with { Beats = beats });
        await using var stage = await StageHost.StartAsync(
            b => b.AddBeatTracker(), a => a.MapBeatTracker(),
            settings: [$"--Model:Path={package.Folder}", $"--BeatTracker:Kind={kind}"]);
        using var call = new BeatService.BeatServiceClient(stage.Channel).Track();
        await call.RequestStream.WriteAsync(new TrackRequest { Config = new TrackConfig() });
        await call.RequestStream.WriteAsync(new TrackRequest { Audio = ByteString.CopyFrom(Sounds.Clicks(8, Bpm)) });
        await call.RequestStream.CompleteAsync();
        return await call;
    }
}
