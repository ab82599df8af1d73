using VampNet.Testing;
using VampNet.Training.Measures;
using Xunit;
using static TorchSharp.torch;

namespace VampNet.Training.Tests.Measures;

[NoTensorLeaks]
public sealed class ChromaAgreementTests
{
    private const int SampleRate = 44_100;

    [Fact]
    public void The_same_notes_agree_whatever_their_timbre_and_level()
    {
        using var scope = NewDisposeScope();
        var melody = Melody(60, 64, 67, 62, 65, 69, 71, 72);
        Assert.Equal(1, ChromaAgreement.Between(melody, melody * 0.1, SampleRate).Value, 1e-3);
        Assert.True(ChromaAgreement.Between(melody, Melody(72, 76, 79, 74, 77, 81, 83, 84), SampleRate).Value > 0.99); // an octave higher
    }

    [Fact]
    public void Other_notes_do_not_and_chance_says_what_that_is_worth()
    {
        using var scope = NewDisposeScope();
        var melody = Melody(60, 64, 67, 62, 65, 69, 71, 72);
        var agreement = ChromaAgreement.Between(melody, melody, SampleRate);
        Assert.InRange(agreement.Chance, -0.1, 0.4); // frames of other notes, and of the same by chance
        Assert.True(ChromaAgreement.Between(melody, Melody(61, 63, 66, 61, 66, 68, 70, 73), SampleRate).Value < 0.1);
    }

    [Fact]
    public void Silence_in_the_music_counts_for_nothing()
    {
        using var scope = NewDisposeScope();
        var (music, noise) = (Melody(60, 64, 67, 62), randn(SampleRate) * 1e-6);
        var (expected, actual) = (cat([music, noise]), cat([music, Melody(60, 64)])); // the rest sounds where nothing should
        Assert.True(ChromaAgreement.Between(expected, actual, SampleRate).Value > 0.97);
    }

    /// <summary>Half a second of each note, given as MIDI numbers.</summary>
    private static Tensor Melody(params int[] notes)
    {
        var samples = notes.SelectMany(note => Enumerable.Range(0, SampleRate / 2)
            .Select(i => (float)Math.Sin(2 * Math.PI * 440 * Math.Pow(2, (note - 69) / 12.0) * i / SampleRate)));
        return tensor([.. samples]) * 0.3;
    }
}
