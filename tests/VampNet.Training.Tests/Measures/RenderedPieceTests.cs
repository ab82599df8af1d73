using VampNet.Testing;
using VampNet.Training.Measures;
using Xunit;

namespace VampNet.Training.Tests.Measures;

[NoTensorLeaks]
public sealed class RenderedPieceTests
{
    private const int SampleRate = 44_100;

    [Theory]
    [InlineData(36)]
    [InlineData(48)]
    [InlineData(61)]
    [InlineData(72)]
    public void Every_note_of_the_scale_itself_is_right(int lowest)
    {
        var scale = RenderedPiece.MajorScale(lowest, SampleRate);
        Assert.Equal(16, scale.Notes);
        Assert.Equal(440 * Math.Pow(2, (lowest - 69) / 12.0), Assert.Single(scale.Chords[0]), 1e-9);
        Assert.Equal(2, scale.Chords[7][0] / scale.Chords[0][0], 1e-9);
        Assert.Equal(16, scale.CountRight(scale.Samples, SampleRate));
    }

    [Theory]
    [InlineData(48)]
    [InlineData(60)]
    [InlineData(72)]
    public void Every_note_of_a_chord_is_heard_and_none_of_another(int lowest)
    {
        var triads = RenderedPiece.Triads(lowest, SampleRate);
        Assert.Equal(24, triads.Notes);
        Assert.Equal([1, Math.Pow(2, 4 / 12.0), Math.Pow(2, 7 / 12.0)], triads.Chords[0].Select(f => f / triads.Chords[0][0]), Near);
        Assert.Equal(24, triads.CountRight(triads.Samples, SampleRate));
        Assert.InRange(triads.CountRight(RenderedPiece.Triads(lowest + 1, SampleRate).Samples, SampleRate), 0, 3);

        static bool Near(double a, double b) => Math.Abs(a - b) < 1e-9;
    }

    [Fact]
    public void A_minor_scale_has_other_steps_than_a_major_one()
    {
        var (minor, major) = (RenderedPiece.MinorScale(57, SampleRate), RenderedPiece.MajorScale(57, SampleRate));
        Assert.Equal(16, minor.CountRight(minor.Samples, SampleRate));
        Assert.Equal(10, minor.CountRight(major.Samples, SampleRate)); // all but the third, the sixth and the seventh, twice each
    }

    [Fact]
    public void Notes_a_semitone_or_an_octave_away_are_wrong()
    {
        var (scale, sharp) = (RenderedPiece.MajorScale(60, SampleRate), RenderedPiece.MajorScale(61, SampleRate));
        var higher = RenderedPiece.MajorScale(72, SampleRate);
        Assert.Equal(0, scale.CountRight(sharp.Samples, SampleRate));
        Assert.Equal(0, scale.CountRight(higher.Samples, SampleRate));
    }

    [Fact]
    public void A_pitch_is_found_to_a_few_cents()
    {
        var tone = Enumerable.Range(0, SampleRate / 2).Select(i => (float)Math.Sin(2 * Math.PI * 313.7 * i / SampleRate)).ToArray();
        Assert.InRange(1200 * Math.Log2(Pitch.Of(tone, SampleRate)[0] / 313.7), -5, 5);
    }
}
