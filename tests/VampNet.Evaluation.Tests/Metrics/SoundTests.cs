using VampNet.Evaluation.Metrics;
using VampNet.Testing;
using Xunit;

namespace VampNet.Evaluation.Tests.Metrics;

[NoTensorLeaks]
public class SoundTests
{
    private const int Rate = 44100, Hop = 768;
    private readonly float[] _music = Noise(3 * Rate);

    [Fact]
    public void The_same_sound_has_nothing_to_object_to()
    {
        var sound = Of(sample => sample);
        Assert.Equal(0, sound.Loudness, 6);
        Assert.Equal(0, sound.Treble, 6);
        Assert.InRange(sound.Offset, 0, 0.01);
        Assert.InRange(sound.Joins, 0.9, 1.1);
        Assert.Equal(0, sound.Buzz, 6);
    }

    [Fact]
    public void Half_the_level_is_6_dB_less_of_everything()
    {
        var sound = Of(sample => sample / 2);
        Assert.Equal(-6.02, sound.Loudness, 0.01);
        Assert.Equal(-6.02, sound.Treble, 0.01);
    }

    [Fact]
    public void A_constant_is_heard_as_offset_alone()
    {
        var level = Math.Sqrt(_music.Average(sample => (double)sample * sample));
        var sound = Of(sample => sample + (float)level);
        Assert.Equal(Math.Sqrt(0.5), sound.Offset, 0.01); // a constant as strong as the music
        Assert.InRange(sound.Joins, 0.9, 1.1);
    }

    [Fact]
    public void What_is_dull_lacks_treble()
    {
        var smooth = new float[_music.Length];
        for (var i = 4; i < smooth.Length; i++)
            smooth[i] = (_music[i] + _music[i - 1] + _music[i - 2] + _music[i - 3] + _music[i - 4]) / 5;
        Assert.True(Sound.Of(_music, smooth, Rate, Hop).Treble < -10);
    }

    [Fact]
    public void Steps_between_frames_are_joins()
    {
        var stepped = _music.Select((sample, i) => sample * 0.01f + i / Hop % 2 * 0.1f).ToArray();
        Assert.True(Sound.Of(_music, stepped, Rate, Hop).Joins > 5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_pulses_with_the_frames_buzzes(int pulses)
    {
        Assert.True(Pulsing((double)pulses * Rate / Hop).Buzz > 6);
        Assert.True(Pulsing((double)pulses * Rate / Hop + 12).Buzz < 3); // pulses, but not with the frames

        Sound Pulsing(double hertz) =>
            Sound.Of(
                _music, [.. _music.Select((sample, i) => sample * (1 + 0.5f * (float)Math.Sin(2 * Math.PI * hertz * i / Rate)))], Rate,
                Hop);
    }

    [Fact]
    public void Means_are_taken_figure_by_figure() =>
        Assert.Equal(new Sound(2, 3, 4, 5, 6), Sound.Mean([new Sound(1, 2, 3, 4, 5), new Sound(3, 4, 5, 6, 7)]));

    private Sound Of(Func<float, float> change) => Sound.Of(_music, Array.ConvertAll(_music, sample => change(sample)), Rate, Hop);

    private static float[] Noise(int count)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5) * 0.2f)];
    }
}
