using VampNet.Model.Beats;
using VampNet.Model.Beats.SpectralFlux;
using VampNet.Training.Beats;
using Xunit;

namespace VampNet.Training.Tests.Beats;

public sealed class RandomSongTests
{
    [Fact]
    public void The_same_seed_is_the_same_song_and_another_is_another()
    {
        var (one, again, other) = (RandomSong.Play(1, 2, 22_050), RandomSong.Play(1, 2, 22_050), RandomSong.Play(2, 2, 22_050));
        Assert.Equal(one.Audio.Samples, again.Audio.Samples);
        Assert.NotEqual(one.Audio.Samples, other.Audio.Samples);
    }

    [Fact]
    public void Bars_begin_on_beats_and_beats_keep_time()
    {
        foreach (var song in Enumerable.Range(0, 40).Select(seed => RandomSong.Play(seed, 10, 8_000)))
        {
            Assert.Subset(song.Beats.ToHashSet(), song.Downbeats.ToHashSet());
            Assert.All(song.Beats, time => Assert.InRange(time, 0, 10));
            var gaps = song.Beats.Zip(song.Beats.Skip(1), (a, b) => b - a).ToArray();
            Assert.InRange(gaps.Max() / gaps.Min(), 1, 1.05); // drift is 2 % to and fro at most
            Assert.Contains(song.Audio.Samples.ToArray(), sample => Math.Abs(sample) > 0.02);
        }
    }

    [Fact]
    public void A_tracker_that_was_not_trained_on_them_hears_the_beats_of_most()
    {
        var tracker = new SpectralFluxBeatTracker();
        var scores = Enumerable.Range(0, 12).Select(seed => RandomSong.Play(seed, 20, 44_100))
            .Select(song => BeatScore.F(song.Beats, tracker.Track(song.Audio).BeatTimes)).ToArray();
        Assert.True(scores.Average() > 0.5, string.Join(' ', scores));
    }
}
