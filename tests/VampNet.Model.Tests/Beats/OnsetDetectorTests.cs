using VampNet.Audio;
using VampNet.Model.Beats.SpectralFlux;
using VampNet.Training.Beats;
using Xunit;

namespace VampNet.Model.Tests.Beats;

public class OnsetDetectorTests
{
    // The analysis window sees an onset up to half a window early, and peaks move back to where the rise began.
    private const double Early = 0.035;
    private const double Late = 0.015;

    [Theory]
    [InlineData(44_100)]
    [InlineData(22_050)]
    public void Finds_every_drum_where_it_is(int sampleRate)
    {
        double[] times = [0.5, 0.75, 1.0, 1.125, 2.0, 2.9, 3.33];
        var music = new DrumMachine(4, sampleRate);
        foreach (var (time, i) in times.Select((t, i) => (t, i)))
        {
            if (i % 2 == 0)
                music.Kick(time);
            else
                music.Snare(time);
        }
        var found = Detect(music.Audio);
        Assert.Equal(times.Length, found.Length);
        Assert.All(times.Zip(found), pair => Assert.InRange(pair.Second, pair.First - Early, pair.First + Late));
    }

    [Fact]
    public void Loudness_does_not_matter()
    {
        var music = DrumPatterns.Rock(104);
        var quiet = new AudioBuffer(Array.ConvertAll(music.Audio.Samples, sample => sample / 1_000), music.Audio.SampleRate);
        Assert.Equal(Detect(music.Audio), Detect(quiet));
    }

    [Fact]
    public void A_chord_begins_once()
    {
        var music = new DrumMachine(4);
        music.Chord(1, 2.5, 220);
        Assert.InRange(Assert.Single(Detect(music.Audio)), 1 - Early, 1 + Late);
    }

    [Fact]
    public void Silence_has_none()
    {
        Assert.Empty(Detect(new AudioBuffer(new float[44_100], 44_100)));
        Assert.Empty(Detect(new AudioBuffer([], 44_100)));
    }

    [Fact]
    public void Peaks_are_the_largest_of_their_past_above_their_surroundings_and_apart()
    {
        var strength = new float[100];
        (strength[20], strength[22], strength[40], strength[60], strength[62], strength[80]) = (0.5f, 1, 0.05f, 0.9f, 0.8f, 0.3f);
        // 22 is within the shortest gap after 20; 40 is too weak; 62 has a larger one in its past.
        Assert.Equal([20, 60, 80], OnsetDetector.Pick(strength, 100));
    }

    private static double[] Detect(AudioBuffer audio) => OnsetDetector.Detect(audio.ToSampleProvider());
}
