using FsCheck;
using FsCheck.Fluent;
using VampNet.Audio;
using VampNet.Model.Beats.WaveBeat;
using VampNet.Model.Checkpoints.Torch;
using VampNet.Model.Packages;
using VampNet.Testing;
using Xunit;
using static TorchSharp.torch;

namespace VampNet.Model.Tests.Beats;

/// <summary>What is found in a piece of music does not depend on what is tracked beside it.</summary>
[Collection(TorchTests.Name)]
[NoTensorLeaks]
public class WaveBeatBatchTests
{
    private const int Rate = 22_050, Cases = 6;

    // What convolutions of another algorithm change, next to activations of at most 1.
    private const float Rounding = 1e-4f;

    /// <summary>Music: how long it is, what it is, and when it comes in.</summary>
    private sealed record Music(double Seconds, int Seed, int Arrival);

    private static readonly FsCheck.Gen<Music> AnyMusic =
        from tenths in Gen.OneOf(Gen.Choose(1, 30), Gen.Elements(60, 120, 130)) // pieces have six seconds
        from seed in Gen.Choose(0, 1_000)
        from arrival in Gen.Choose(0, 3)
        select new Music(tenths / 10.0, seed, arrival);

    [Fact]
    public void Activations_are_the_same_alone_and_in_any_batch()
    {
        using var tracker = Tracker();
        Prop.ForAll(AnyMusic.NonEmptyListOf().Resize(4).ToArbitrary(), Gen.Choose(1, 3).ToArbitrary(), (music, most) =>
            Together(tracker, [.. music], most)
                .Zip(music, (found, piece) => Same(found, Together(tracker, [piece with { Arrival = 0 }], 1)[0])).All(same => same))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Cases));
    }

    /// <summary>As on other devices than a CPU, where pieces of equal shapes share a pass.</summary>
    [Fact]
    public void One_pass_for_all_comes_to_the_same_but_for_rounding()
    {
        using var alone = Tracker();
        using var together = Tracker(sharesPasses: true);
        Music[] music = [new(13, 1, 0), new(13, 2, 0), new(13, 3, 0)];
        var trackings = music.Select(piece => together.Begin(Audio(piece).ToSampleProvider)).ToList();
        while (trackings.ConvertAll(tracking => tracking.Read(CancellationToken.None)).TrueForAll(more => more))
        {
            Assert.Single(trackings.Select(tracking => tracking.Shape).Distinct());
            together.Advance(trackings);
        }
        foreach (var (piece, tracking) in music.Zip(trackings))
        {
            var expected = Together(alone, [piece], 1)[0];
            var found = ((WaveBeatTracking)tracking).Activations;
            Assert.Equal(expected.Beats.Length, found.Beats.Length);
            Assert.All(
                expected.Beats.Zip(found.Beats).Concat(expected.Downbeats.Zip(found.Downbeats)),
                pair => Assert.Equal(pair.First, pair.Second, Rounding));
            tracking.Dispose();
        }
    }

    [Fact]
    public void Pieces_and_frames_run_down_to_nothing()
    {
        using var tracker = Tracker();
        using var tracking = tracker.Begin(Audio(new Music(13, 1, 0)).ToSampleProvider);
        var left = new List<(int Pieces, bool HasFrames)>();
        while (tracking.Read(CancellationToken.None))
        {
            left.Add((tracking.PiecesLeft, tracking.FramesLeft > 0));
            tracker.Advance([tracking]);
        }
        Assert.Equal([(4, true), (3, true), (2, true), (1, true)], left); // 6 + 6 + 1 s, and the end
        Assert.Equal((0, 0), (tracking.PiecesLeft, tracking.FramesLeft));
    }

    /// <summary>Music comes in at its time; as many as fit make each step together, in a turning order.</summary>
    private static List<(float[] Beats, float[] Downbeats)> Together(WaveBeatTracker tracker, List<Music> music, int most)
    {
        var trackings = music.ConvertAll(piece => (WaveBeatTracking)tracker.Begin(Audio(piece).ToSampleProvider));
        var active = new List<WaveBeatTracking>();
        for (var tick = 0; tick <= music.Max(piece => piece.Arrival) || active.Count > 0; tick++)
        {
            active.AddRange(trackings.Where((tracking, i) => music[i].Arrival == tick && tracking.Read(CancellationToken.None)));
            var batch = active.Skip(tick % Math.Max(1, active.Count)).Concat(active).Distinct().Take(most).ToList();
            tracker.Advance(batch);
            active.RemoveAll(tracking => batch.Contains(tracking) && !tracking.Read(CancellationToken.None));
        }
        var found = trackings.ConvertAll(tracking => tracking.Activations);
        trackings.ForEach(tracking => tracking.Dispose());
        return found;
    }

    private static bool Same((float[] Beats, float[] Downbeats) a, (float[] Beats, float[] Downbeats) b) =>
        a.Beats.AsSpan().SequenceEqual(b.Beats) && a.Downbeats.AsSpan().SequenceEqual(b.Downbeats);

    private static AudioBuffer Audio(Music music)
    {
        var random = new Random(music.Seed);
        return new AudioBuffer([.. Enumerable.Range(0, (int)(music.Seconds * Rate)).Select(_ => (float)(random.NextDouble() - 0.5))], Rate);
    }

    private static WaveBeatTracker Tracker(bool sharesPasses = false)
    {
        var table = TorchCheckpoint.Read(Goldens.File("wavebeat_tiny.pth"));
        return new WaveBeatTracker(ModelLoader.LoadWaveBeat(table.HyperParameters(), table), CPU) { SharesPasses = sharesPasses };
    }
}
