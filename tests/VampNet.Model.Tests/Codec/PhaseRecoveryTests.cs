using VampNet.Model.Codec;
using VampNet.Testing;
using Xunit;
using static TorchSharp.torch;

namespace VampNet.Model.Tests.Codec;

[Collection(TorchTests.Name)]
[NoTensorLeaks]
public sealed class PhaseRecoveryTests : IDisposable
{
    private const int Window = 1536, Hop = 384, Rate = 44_100, Segment = 64;

    private readonly SpectralFrames _frames = new(Window, Hop);
    private readonly PhaseRecovery _phases;

    public PhaseRecoveryTests() => _phases = new PhaseRecovery(_frames, Segment);

    public void Dispose()
    {
        _phases.Dispose();
        _frames.Dispose();
    }

    [Fact]
    public void The_sound_has_the_magnitudes_that_were_asked_for()
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var asked = Magnitudes(Music(200));
        var found = Magnitudes(_phases.Synthesize(asked));
        // Random phases alone are at 0.6.
        var error = (found - asked).square().sum().sqrt().item<float>() / asked.square().sum().sqrt().item<float>();
        Assert.True(error < 0.35, $"off by {error}");
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(3, 1)]
    public void A_stretch_comes_out_as_within_the_whole(int from, int ahead)
    {
        const int Count = 100, Behind = 2 * Segment;
        var (start, margin) = (from * _phases.Period, ahead * _phases.Period);
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var magnitudes = Magnitudes(Music(900));
        var whole = _phases.Synthesize(magnitudes).narrow(1, (start + margin) * Hop, Count * Hop);
        var part = _phases.Synthesize(magnitudes.narrow(1, start, margin + Count + Behind)).narrow(1, margin * Hop, Count * Hop);
        Assert.True((whole - part).abs().max().item<float>() < 1e-4);
    }

    [Theory]
    [InlineData(220.3)]
    [InlineData(441.7)]
    [InlineData(1_318.9)]
    public void A_steady_tone_stays_one_line(double hertz)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var tone = (arange(600 * Hop, float32) * (2 * Math.PI * hertz / Rate)).sin().mul(0.1).unsqueeze(0);
        var sound = _phases.Synthesize(Magnitudes(tone)).narrow(1, 0, 600 * Hop);
        var spectrum = fft.rfft(sound * hann_window(600 * Hop)).abs().square().squeeze();
        var width = (double)Rate / (600 * Hop); // of a bin, in Hz
        var line = spectrum.narrow(0, (long)((hertz - 1.5) / width), (long)(3 / width)).sum().item<float>();
        var ratio = 10 * Math.Log10(line / (spectrum.sum().item<float>() - line));
        // of random phases fitted by 16 iterations: below 0
        Assert.True(ratio > 20, $"{ratio:F1} dB between the tone and what is beside it");
    }

    [Fact]
    public void Noise_of_smooth_magnitudes_does_not_click_once_a_spectrum()
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        const int Count = 1200;
        var sound = _phases.Synthesize(full([1, Count, _frames.Bins], 0.05));
        var envelope = sound.square();
        var spectrum = fft.rfft((envelope - envelope.mean()) * hann_window(Count * Hop)).abs().square().squeeze();
        var around = spectrum.narrow(0, Count - 60, 121).mean().item<float>(); // the rate of the spectra is bin Count
        var ratio = 10 * Math.Log10(spectrum.narrow(0, Count - 2, 5).max().item<float>() / around);
        Assert.True(ratio < 12, $"a line of {ratio:F1} dB at the rate of the spectra");
    }

    [Fact]
    public void An_offset_of_the_music_is_not_in_the_sound()
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var (music, offset) = (Music(600), 0.05);
        var sound = _phases.Synthesize(Magnitudes(music + offset));
        var left = sound.mean().abs().item<float>() / offset;
        Assert.True(left < 0.1, $"{left:P1} of it is left"); // a third, were it made like any other part of a spectrum
    }

    private Tensor Magnitudes(Tensor audio)
    {
        var (re, im) = _frames.Analyze(audio);
        return (re.square() + im.square() + 1e-8).sqrt();
    }

    /// <summary>A chord under a swell, and soft noise.</summary>
    private static Tensor Music(int frames)
    {
        random.manual_seed(1);
        var t = arange(frames * Hop, float32) / Rate;
        var chord = (t * (2 * Math.PI * 220)).sin() + (t * (2 * Math.PI * 277.2)).sin() + (t * (2 * Math.PI * 329.6)).sin();
        return ((t * 6).sin() + 1.5).mul(chord).mul(0.05).add(randn([frames * Hop]) * 0.01).unsqueeze(0);
    }
}
