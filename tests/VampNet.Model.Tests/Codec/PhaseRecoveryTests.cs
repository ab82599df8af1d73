using VampNet.Model.Codec;
using VampNet.Testing;
using Xunit;
using static TorchSharp.torch;

namespace VampNet.Model.Tests.Codec;

[Collection(TorchTests.Name)]
[NoTensorLeaks]
public class PhaseRecoveryTests
{
    private const int Window = 1536, Hop = 384;

    [Fact]
    public void The_sound_has_the_magnitudes_that_were_asked_for()
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var frames = new SpectralFrames(Window, Hop);
        using var phases = new PhaseRecovery(frames);
        var asked = Magnitudes(frames, Music(200));
        var found = Magnitudes(frames, phases.Synthesize(asked));
        // Random phases alone are at 0.6.
        var error = (found - asked).square().sum().sqrt().item<float>() / asked.square().sum().sqrt().item<float>();
        Assert.True(error < 0.25, $"off by {error}");
    }

    [Fact]
    public void A_stretch_comes_out_as_within_the_whole()
    {
        const int From = PhaseRecovery.Period, Margin = 128, Count = 100;
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var frames = new SpectralFrames(Window, Hop);
        using var phases = new PhaseRecovery(frames);
        var magnitudes = Magnitudes(frames, Music(600));
        var whole = phases.Synthesize(magnitudes).narrow(1, (From + Margin) * Hop, Count * Hop);
        var part = phases.Synthesize(magnitudes.narrow(1, From, Margin + Count + Margin)).narrow(1, Margin * Hop, Count * Hop);
        Assert.True((whole - part).abs().max().item<float>() < 1e-3);
    }

    private static Tensor Magnitudes(SpectralFrames frames, Tensor audio)
    {
        var (re, im) = frames.Analyze(audio);
        return (re.square() + im.square()).sqrt();
    }

    /// <summary>A chord under a swell, and soft noise.</summary>
    private static Tensor Music(int frames)
    {
        random.manual_seed(1);
        var t = arange(frames * Hop, float32) / 44100;
        var chord = (t * (2 * Math.PI * 220)).sin() + (t * (2 * Math.PI * 277.2)).sin() + (t * (2 * Math.PI * 329.6)).sin();
        return ((t * 6).sin() + 1.5).mul(chord).mul(0.05).add(randn([frames * Hop]) * 0.01).unsqueeze(0);
    }
}
