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
    public void Hits_elsewhere_are_other_onsets_though_the_notes_are_the_same()
    {
        var steady = Plucked(880, 880, 880, 880, 880, 880);
        float[] late = [.. new float[Rate / 4], .. steady[..^(Rate / 4)]];
        var heard = PerceptualMetrics.Of(steady, late, Rate, Hop);
        Assert.True(heard.Onsets < 0.3, $"onsets {heard.Onsets}");
        Assert.True(heard.Chroma.Value > 0.7, $"chroma {heard.Chroma.Value}");
    }

    [Fact]
    public void What_comes_and_goes_with_the_frames_pulses()
    {
        Assert.True(Of([.. _music.Select((sample, i) => sample * (1 + 0.3f * (float)Math.Sin(2 * Math.PI * i / Hop)))]).Pulse > 6);
        Assert.True(Of([.. _music.Select((sample, i) => sample * (1 + 0.3f * (float)Math.Sin(2 * Math.PI * i / Hop * 1.3)))]).Pulse < 3);
    }

    private PerceptualMetrics Of(float[] result) => PerceptualMetrics.Of(_music, result, Rate, Hop);

    /// <summary>Half a second of each tone, dying away.</summary>
    private static float[] Plucked(params double[] frequencies) =>
        [.. frequencies.SelectMany(f => Enumerable.Range(0, Rate / 2)
            .Select(i => (float)(0.3 * Math.Exp(-6.0 * i / Rate) * Math.Sin(2 * Math.PI * f * i / Rate))))];
}
