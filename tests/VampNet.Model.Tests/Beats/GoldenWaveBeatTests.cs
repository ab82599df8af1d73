using VampNet.Audio;
using VampNet.Audio.Processing;
using VampNet.Model.Beats;
using VampNet.Model.Beats.WaveBeat;
using VampNet.Model.Checkpoints.Torch;
using VampNet.Model.Packages;
using VampNet.Testing;
using Xunit;
using static TorchSharp.torch;
using static VampNet.Testing.GoldenTensors;

namespace VampNet.Model.Tests.Beats;

/// <summary>WaveBeat against the reference, with the reference's own checkpoint of a small random network.</summary>
[Collection(TorchTests.Name)]
[NoTensorLeaks]
public class GoldenWaveBeatTests
{
    private const int Rate = 22_050;

    [Fact]
    public void From_the_waveform_to_the_logits()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var network = Network();
        var audio = Tensor("wb_in_22k");
        audio = (audio / audio.abs().max()).unsqueeze(0);
        AssertClose("wb_block0", network.Blocks[0].forward(audio).narrow(2, 0, 4_000), LogitTolerance);
        AssertClose("wb_logits", network.forward(audio), LogitTolerance);
    }

    [Theory]
    [InlineData(1)] // piece lengths in samples
    [InlineData(777)]
    [InlineData(30_000)]
    [InlineData(200_000)]
    public void In_pieces_it_comes_to_the_same(int size)
    {
        using var tracker = Tracker();
        var samples = Normalised(Goldens.Array("wb_in_22k").Floats);
        var expected = Goldens.Array("wb_act").Floats;
        if (size == 1) // the shortest pieces on the shortest audio: every sample alone takes long
        {
            samples = [.. samples.SkipWhile(sample => sample == 0).Take(600)];
            var (wholeBeats, wholeDownbeats) = Activations(tracker, [samples]);
            expected = [.. wholeBeats, .. wholeDownbeats];
        }
        var (beats, downbeats) = Activations(tracker, samples.Chunk(size));
        AssertClose("activations", expected, [.. beats, .. downbeats], LogitTolerance);
    }

    [Fact]
    public void From_the_waveform_to_the_times()
    {
        using var tracker = Tracker();
        var track = tracker.Track(new AudioBuffer(Goldens.Array("wb_in_22k").Floats, Rate));
        AssertTimes("wb_beats", track.BeatTimes);
        AssertTimes("wb_downbeats", track.DownbeatTimes);
    }

    /// <summary>The reference resamples by another filter: equal up to where both have begun to fall off.</summary>
    [Fact]
    public void Resampling_is_close_to_the_references()
    {
        var ours = Resampler.Resample(new AudioBuffer(Goldens.Array("wb_in_44k").Floats, 44_100), Rate).Samples;
        var theirs = Goldens.Array("wb_in_22k").Floats;
        Assert.Equal(theirs.Length, ours.Length);
        var (signal, noise) = (theirs.Sum(x => (double)x * x), theirs.Zip(ours, (a, b) => ((double)a - b) * (a - b)).Sum());
        Assert.InRange(10 * Math.Log10(signal / noise), 60, double.PositiveInfinity);
    }

    [Fact]
    public void From_44_kHz_the_beats_are_within_a_frame()
    {
        using var tracker = Tracker();
        var track = tracker.Track(new AudioBuffer(Goldens.Array("wb_in_44k").Floats, 44_100));
        AssertTimes("wb_beats", track.BeatTimes, 256.0 / Rate);
        AssertTimes("wb_downbeats", track.DownbeatTimes, 256.0 / Rate);
    }

    [Fact]
    public void Silence_has_no_beats_and_a_cancelled_call_ends()
    {
        using var tracker = Tracker();
        Assert.Empty(tracker.Track(new AudioBuffer(new float[Rate], Rate)).BeatTimes);
        var audio = new AudioBuffer(Goldens.Array("wb_in_22k").Floats, Rate);
        Assert.Throws<OperationCanceledException>(() => tracker.Track(audio.ToSampleProvider, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Peaks_are_those_of_the_reference()
    {
        using var tracker = Tracker();
        var curve = Goldens.Array("peaks_in").Floats;
        AssertTimes("peaks_beat", tracker.Times(curve, 0.25));
        AssertTimes("peaks_downbeat", tracker.Times(curve, 0.5));
    }

    [Fact]
    public void A_model_package_tracks_as_the_reference()
    {
        using var folder = new TemporaryFolder();
        var sources = new PackageSources { Name = "beats", Version = "1", Licence = "CC0-1.0", Beats = Goldens.File("wavebeat_tiny.pth") };
        using var tracker = ModelLoader.LoadBeatTracker(CheckpointConverter.BuildPackage(sources, folder.Path), "cpu");
        AssertTimes("wb_beats", tracker.Track(new AudioBuffer(Goldens.Array("wb_in_22k").Floats, Rate)).BeatTimes);
    }

    private static (float[] Beats, float[] Downbeats) Activations(WaveBeatTracker tracker, IEnumerable<float[]> pieces)
    {
        using var tracking = tracker.Begin(_ => pieces);
        while (tracking.Read(CancellationToken.None))
            tracker.Advance([tracking]);
        return tracking.Activations;
    }

    private static WaveBeatNetwork Network()
    {
        var table = TorchCheckpoint.Read(Goldens.File("wavebeat_tiny.pth"));
        return ModelLoader.LoadWaveBeat(table.HyperParameters(), table);
    }

    private static WaveBeatTracker Tracker() => new(Network(), CPU);

    private static float[] Normalised(float[] audio)
    {
        var peak = audio.Max(MathF.Abs);
        return Array.ConvertAll(audio, x => x / peak);
    }

    private static void AssertTimes(string name, IReadOnlyList<double> actual, double tolerance = 1e-4)
    {
        var expected = Goldens.Array(name).Floats;
        Assert.Equal(expected.Length, actual.Count);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }
}
