using VampNet.Evaluation.Metrics;
using VampNet.Testing;
using Xunit;

namespace VampNet.Evaluation.Tests.Metrics;

[NoTensorLeaks]
public sealed class ContextAgreementTests
{
    private const int Rate = 44100;

    private static readonly float[] s_given = Notes(60, 64, 67, 72), s_hidden = Notes(67, 60, 64, 76), s_elsewhere = Notes(61, 66, 68, 70);

    [Fact]
    public void What_goes_on_in_the_same_notes_agrees_whatever_their_order()
    {
        var agreement = ContextAgreement.Of(s_given, s_given, s_hidden, Notes(72, 67, 64, 60), Rate);
        Assert.True(agreement.PitchClasses > 0.9, $"{agreement}");
        Assert.True(agreement.Music > 0.8, $"{agreement}");
        Assert.Equal(1, agreement.Outside.Value, 1e-3);
    }

    [Fact]
    public void What_goes_on_in_other_notes_does_not_and_what_was_given_is_judged_by_itself()
    {
        var agreement = ContextAgreement.Of(s_given, Notes(61, 66, 68, 70), s_hidden, s_elsewhere, Rate);
        Assert.True(agreement.PitchClasses < 0, $"{agreement}");
        Assert.True(agreement.Music > 0.8, $"{agreement}");
        Assert.True(agreement.Outside.Value < 0.2, $"{agreement}");
        var mean = ContextAgreement.Mean([agreement, ContextAgreement.Of(s_given, s_given, s_hidden, s_hidden, Rate)]);
        Assert.InRange(mean.PitchClasses, agreement.PitchClasses, agreement.Music);
    }

    [Fact]
    public void A_context_is_what_is_not_compared()
    {
        float[] samples = [.. Enumerable.Range(0, 4 * Rate).Select(i => (float)i)];
        var inpainted = new Rendition(samples, 0, new Context(1, 0.5));
        Assert.Equal(Rate, inpainted.Compared(samples)[0]);
        Assert.Equal(5 * Rate / 2, inpainted.Compared(samples).Length);
        Assert.Equal([.. samples[..Rate], .. samples[(7 * Rate / 2)..]], inpainted.Given(samples));
        Assert.Equal(samples, new Rendition(samples, 0).Compared(samples));
    }

    /// <summary>A quarter of a second of each note, given as MIDI numbers.</summary>
    private static float[] Notes(params int[] notes) => [.. notes.SelectMany(note => Enumerable.Range(0, Rate / 4)
        .Select(i => (float)(0.3 * Math.Sin(2 * Math.PI * 440 * Math.Pow(2, (note - 69) / 12.0) * i / Rate))))];
}
