using VampNet.Evaluation.Metrics;
using VampNet.Testing;
using Xunit;

namespace VampNet.Evaluation.Tests.Metrics;

[NoTensorLeaks]
public sealed class PerceptualMetricsTests
{
    private const int Rate = 44100, Hop = 768;
    private readonly float[] _music = Plucked(880, 660, 990, 740, 880, 587);

    [Fact]
    public void The_same_music_is_the_same_in_everything()
    {
        var heard = Of(_music);
        Assert.Equal(1, heard.Chroma.Value, 1e-3);
        Assert.Equal(1, heard.Onsets, 1e-3);
        Assert.Equal(1, heard.Tempo, 1e-3);
        Assert.Equal(0, heard.WorstOctave, 1e-3);
        Assert.Equal(0, heard.Pulse, 1e-3);
    }

    [Fact]
    public void The_octave_that_lost_its_level_is_told()
    {
        var random = new Random(1);
        var noise = Array.ConvertAll(_music, sample => sample + (float)(random.NextDouble() - 0.5) * 0.1f);
        var dull = new float[noise.Length];
        for (var i = 1; i < dull.Length; i++)
            dull[i] = (noise[i] + noise[i - 1]) / 2; // a low-pass: the highest octave loses most
        var heard = PerceptualMetrics.Of(noise, dull, Rate, Hop);
        Assert.Equal(heard.Octaves[^1], heard.WorstOctave);
        Assert.InRange(heard.WorstOctave, -12, -4);
    }

    [Fact]
    public void What_nobody_hears_in_the_original_changes_no_octave()
    {
        Assert.Equal(0, Whistled(1e-6).Octaves[^1], 0.1);
        Assert.InRange(Whistled(0.01).Octaves[^1], 10, 70);

        PerceptualMetrics Whistled(double level) =>
            Of([.. _music.Select((sample, i) => sample + (float)(level * Math.Sin(2 * Math.PI * 15_000 * i / Rate)))]);
    }

    [Fact]
    public void Of_several_the_furthest_level_of_an_octave_is_told_and_the_mean()
    {
        PerceptualMetrics[] several = [Of([.. _music.Select(sample => sample * 0.5f)]), Of(_music)];
        Assert.Equal(-6.02, PerceptualMetrics.FurthestOctaves(several)[4], 0.1); // the octave around 1 kHz
        Assert.Equal(-3.01, PerceptualMetrics.Mean(several).Octaves[4], 0.1);
    }

    [Fact]
    public void Hits_elsewhere_are_other_onsets_though_the_notes_and_the_tempo_are_the_same()
    {
        var steady = Plucked(880, 880, 880, 880, 880, 880);
        float[] late = [.. new float[Rate / 4], .. steady[..^(Rate / 4)]];
        var heard = PerceptualMetrics.Of(steady, late, Rate, Hop);
        Assert.True(heard.Onsets < 0.3, $"onsets {heard.Onsets}");
        Assert.True(heard.Chroma.Value > 0.7, $"chroma {heard.Chroma.Value}");
        Assert.True(heard.Tempo > 0.9, $"tempo {heard.Tempo}");
    }

    [Fact]
    public void Another_tempo_is_told()
    {
        var faster = PluckedFor(0.37, 880, 880, 880, 880, 880, 880, 880, 880, 880)[..(3 * Rate)];
        var heard = PerceptualMetrics.Of(Plucked(880, 880, 880, 880, 880, 880), faster, Rate, Hop);
        Assert.True(heard.Tempo < 0.5, $"tempo {heard.Tempo}");
    }

    [Fact]
    public void What_comes_and_goes_with_the_frames_pulses()
    {
        Assert.True(Of([.. _music.Select((sample, i) => sample * (1 + 0.3f * (float)Math.Sin(2 * Math.PI * i / Hop)))]).Pulse > 6);
        Assert.True(Of([.. _music.Select((sample, i) => sample * (1 + 0.3f * (float)Math.Sin(2 * Math.PI * i / Hop * 1.3)))]).Pulse < 3);
    }

    private PerceptualMetrics Of(float[] result) => PerceptualMetrics.Of(_music, result, Rate, Hop);

    /// <summary>Half a second of each tone, dying away.</summary>
    private static float[] Plucked(params double[] frequencies) => PluckedFor(0.5, frequencies);

    private static float[] PluckedFor(double seconds, params double[] frequencies) =>
        [.. frequencies.SelectMany(f => Enumerable.Range(0, (int)(seconds * Rate))
            .Select(i => (float)(0.3 * Math.Exp(-6.0 * i / Rate) * Math.Sin(2 * Math.PI * f * i / Rate))))];
}
