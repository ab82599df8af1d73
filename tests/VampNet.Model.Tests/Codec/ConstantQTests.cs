using VampNet.Model.Codec;
using VampNet.Testing;
using Xunit;
using static TorchSharp.torch;

namespace VampNet.Model.Tests.Codec;

[Collection(TorchTests.Name)]
[NoTensorLeaks]
public class ConstantQTests
{
    private const int SampleRate = 44_100, Hop = 768, Frames = 40, PerOctave = 24;

    [Theory]
    [InlineData(110.0)]
    [InlineData(116.54)] // a semitone above: two bands further
    [InlineData(440.0)]
    [InlineData(1760.0)]
    [InlineData(7040.0)]
    public void A_tone_is_loudest_in_the_band_of_its_pitch(double frequency)
    {
        using var scope = NewDisposeScope();
        using var constantQ = new ConstantQ(SampleRate, Hop, PerOctave);
        var bands = constantQ.forward(Tone(frequency));
        Assert.Equal([1, Frames, ConstantQ.Octaves * PerOctave], bands.shape);
        Assert.Equal((long)Math.Round(PerOctave * Math.Log2(frequency / 55)), bands[0][Frames / 2].argmax(-1).item<long>());
    }

    [Fact]
    public void A_tone_is_as_loud_through_every_window()
    {
        using var scope = NewDisposeScope();
        using var constantQ = new ConstantQ(SampleRate, Hop, PerOctave);
        float[] loudest = [.. new[] { 440.0, 1760.0, 7040.0 }.Select(f => constantQ.forward(Tone(f))[0][Frames / 2].max().item<float>())];
        Assert.InRange(loudest.Max() - loudest.Min(), 0, 1.5f);
    }

    [Fact]
    public void High_bands_know_when_a_sound_begins()
    {
        using var scope = NewDisposeScope();
        using var constantQ = new ConstantQ(SampleRate, Hop, PerOctave);
        var begun = cat([zeros(1, Frames / 2 * Hop), Tone(7040).narrow(1, 0, Frames / 2 * Hop)], 1);
        var band = constantQ.forward(begun)[0].select(1, 7 * PerOctave);
        Assert.True((band[Frames / 2 + 1] - band[Frames / 2 - 2]).item<float>() > 0.9 * (band.max() - band.min()).item<float>());
    }

    private static Tensor Tone(double frequency) =>
        arange(Frames * Hop, float32).mul(2 * Math.PI * frequency / SampleRate).sin().mul(0.1).unsqueeze(0);
}
