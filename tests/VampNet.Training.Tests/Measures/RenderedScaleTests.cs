using VampNet.Testing;
using VampNet.Training.Measures;
using Xunit;

namespace VampNet.Training.Tests.Measures;

[NoTensorLeaks]
public sealed class RenderedScaleTests
{
    private const int SampleRate = 44_100;

    [Theory]
    [InlineData(36)]
    [InlineData(48)]
    [InlineData(61)]
    [InlineData(72)]
    public void Every_note_of_the_scale_itself_is_right(int lowest)
    {
        var scale = RenderedScale.Major(lowest, SampleRate);
        Assert.Equal(16, scale.Frequencies.Count);
        Assert.Equal(440 * Math.Pow(2, (lowest - 69) / 12.0), scale.Frequencies[0], 1e-9);
        Assert.Equal(2, scale.Frequencies[7] / scale.Frequencies[0], 1e-9);
        Assert.Equal(16, scale.CountRight(scale.Samples, SampleRate));
    }

    [Fact]
    public void Notes_a_semitone_or_an_octave_away_are_wrong()
    {
        var (scale, sharp) = (RenderedScale.Major(60, SampleRate), RenderedScale.Major(61, SampleRate));
        var higher = RenderedScale.Major(72, SampleRate);
        Assert.Equal(0, scale.CountRight(sharp.Samples, SampleRate));
        Assert.Equal(0, scale.CountRight(higher.Samples, SampleRate));
    }

    [Fact]
    public void A_pitch_is_found_to_a_few_cents()
    {
        var tone = Enumerable.Range(0, SampleRate / 2).Select(i => (float)Math.Sin(2 * Math.PI * 313.7 * i / SampleRate)).ToArray();
        Assert.InRange(1200 * Math.Log2(Pitch.Of(tone, SampleRate) / 313.7), -5, 5);
    }
}
