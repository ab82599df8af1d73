using VampNet.Audio;
using VampNet.Model.Beats;
using VampNet.Model.Beats.SpectralFlux;
using VampNet.Training.Beats;
using Xunit;

namespace VampNet.Model.Tests.Beats;

public class SpectralFluxBeatTrackerTests
{
    private static readonly SpectralFluxBeatTracker Tracker = new();

    public static TheoryData<double> Tempi => [60, 75, 90, 105, 120, 140, 160, 180, 200];

    [Theory]
    [MemberData(nameof(Tempi))]
    public void Clicks_have_their_beats(double bpm) => Finds(DrumPatterns.Clicks(bpm), bpm);

    [Theory]
    [MemberData(nameof(Tempi))]
    public void Rock_has_its_beats(double bpm) => Finds(DrumPatterns.Rock(bpm), bpm);

    [Theory]
    [MemberData(nameof(Tempi))]
    public void House_has_its_beats(double bpm) => Finds(DrumPatterns.House(bpm), bpm);

    [Theory]
    [MemberData(nameof(Tempi))]
    public void A_ballad_has_its_beats(double bpm) => Finds(DrumPatterns.Ballad(bpm), bpm, leastF: 0.9);

    /// <summary>Sixteenth hats and syncopation: slower than 70 the half beat wins, faster than 174 the bar does.</summary>
    [Theory]
    [InlineData(75)]
    [InlineData(90)]
    [InlineData(100)]
    [InlineData(113)]
    [InlineData(120)]
    [InlineData(133)]
    [InlineData(150)]
    [InlineData(174)]
    public void Funk_has_its_beats(double bpm) => Finds(DrumPatterns.Funk(bpm), bpm);

    [Theory]
    [InlineData(8_000)]
    [InlineData(22_050)]
    [InlineData(48_000)]
    public void Beats_are_found_at_any_sample_rate(int sampleRate) => Finds(DrumPatterns.Rock(104, sampleRate: sampleRate), 104);

    [Fact]
    public void Loudness_does_not_matter()
    {
        var music = DrumPatterns.Rock(104);
        var quiet = new AudioBuffer(Array.ConvertAll(music.Audio.Samples, sample => sample / 1_000), music.Audio.SampleRate);
        Assert.Equal(Tracker.Track(music.Audio).BeatTimes, Tracker.Track(quiet).BeatTimes);
    }

    [Fact]
    public void The_bar_shows_in_bass_and_harmony()
    {
        foreach (var music in new[] { DrumPatterns.Rock(120), DrumPatterns.Funk(100), DrumPatterns.Rock(90) })
            Assert.Equal(1, BeatScore.F(music.Downbeats, Tracker.Track(music.Audio).DownbeatTimes));
    }

    [Fact]
    public void Equal_beats_have_no_bar()
    {
        var music = DrumPatterns.Clicks(120);
        Assert.Empty(Tracker.Track(music.Audio).DownbeatTimes);
    }

    [Fact]
    public void Beats_stop_where_the_music_stops()
    {
        var music = DrumPatterns.Rock(120, seconds: 10);
        var audio = new float[25 * music.Audio.SampleRate];
        music.Audio.Samples.CopyTo(audio, 5 * music.Audio.SampleRate);
        Assert.All(Tracker.Track(new AudioBuffer(audio, music.Audio.SampleRate)).BeatTimes, beat => Assert.InRange(beat, 5, 15));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_000)]
    [InlineData(44_099)]
    [InlineData(44_100)]
    [InlineData(441_000)]
    public void Silence_has_no_beats(int samples)
    {
        var track = Tracker.Track(new AudioBuffer(new float[samples], 44_100));
        Assert.Empty(track.BeatTimes);
        Assert.Empty(track.DownbeatTimes);
        Assert.Equal(0, track.Tempo);
    }

    [Fact]
    public void Very_short_audio_is_no_trouble()
    {
        var music = DrumPatterns.Rock(120);
        for (var seconds = 0.05; seconds < 4; seconds += 0.17)
        {
            var start = music.Audio.Samples[..(int)(seconds * music.Audio.SampleRate)];
            var beats = Tracker.Track(new AudioBuffer(start, music.Audio.SampleRate)).BeatTimes;
            Assert.All(beats, beat => Assert.InRange(beat, 0, seconds));
        }
    }

    [Fact]
    public void Four_seconds_are_enough()
    {
        var music = DrumPatterns.Rock(120, seconds: 4);
        Assert.InRange(BeatScore.F(music.Beats, Tracker.Track(music.Audio).BeatTimes), 0.9, 1);
    }

    /// <summary>Not every pulse is clear here, and some are ambiguous: what counts is the mean.</summary>
    [Fact]
    public void Grooves_that_it_was_not_tuned_on()
    {
        double[] tempi = [80, 105, 130];
        var scores = Grooves.All.SelectMany(groove => tempi.Select(bpm => Grooves.Play(groove, bpm, seed: 100, seconds: 20)))
            .Select(music => BeatScore.TrimmedF(music.Beats, Tracker.Track(music.Audio).BeatTimes)).ToArray();
        Assert.True(scores.Average() > 0.75, string.Join(", ", scores.Select(s => $"{s:0.00}")));
    }

    private static void Finds(Rendered music, double bpm, double leastF = 0.95)
    {
        var track = Tracker.Track(music.Audio);
        Assert.InRange(BeatScore.F(music.Beats, track.BeatTimes), leastF, 1);
        Assert.Equal(bpm, track.Tempo, 0.01 * bpm);
        Assert.Equal(track.BeatTimes.Order(), track.BeatTimes);
    }
}
