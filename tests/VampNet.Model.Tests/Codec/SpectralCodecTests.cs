using VampNet.Model.Codec;
using VampNet.Testing;
using Xunit;
using static TorchSharp.torch;

namespace VampNet.Model.Tests.Codec;

[Collection(TorchTests.Name)]
[NoTensorLeaks]
public class SpectralCodecTests
{
    private static readonly SpectralCodecOptions s_options = new(
        Width: 24, EncoderBlocks: 1, DecoderBlocks: 1)
    { Codebooks = 5, CoarseCodebooks = 3, CodebookSize = 64 };

    [Fact]
    public void The_coarse_codebooks_code_the_outline_alone()
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var codec = Codec();
        var encoding = codec.Encode(Noise(40));
        var codes = codec.Quantizer.Quantize(encoding).Codes;
        var others = codec.Quantizer.Quantize(encoding with { Detail = encoding.Detail! * -1 }).Codes;
        Assert.True(codes.narrow(1, 0, 3).eq(others.narrow(1, 0, 3)).all().item<bool>());
        Assert.False(codes.narrow(1, 3, 1).eq(others.narrow(1, 3, 1)).all().item<bool>());
    }

    [Fact]
    public void What_comes_and_goes_within_their_reach_hardly_moves_the_coarse_codebooks()
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var codec = Codec();
        var outline = codec.Encode(Noise(80)).Outline;
        var quantizers = codec.Quantizer.Quantizers;
        var (slow, quick) = (quantizers[0].Project(outline), quantizers[3].Project(outline));
        Assert.True(Change(slow) < 0.5 * Change(quick), $"{Change(slow)} of {Change(quick)}");

        // Mean step from frame to frame, as a share of how far the frames are from their mean.
        static double Change(Tensor x) =>
            ((x.narrow(2, 1, 79) - x.narrow(2, 0, 79)).square().mean() / (x - x.mean([2], true)).square().mean()).sqrt().item<float>();
    }

    [Theory]
    [InlineData(110, 130.81)]
    [InlineData(220, 246.94)]
    [InlineData(440, 493.88)]
    [InlineData(587.33, 659.26)]
    public void Two_notes_at_once_stay_two_notes(double lower, double higher)
    {
        const int Frames = 120, Size = 65_536;
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var codec = Codec();
        var turns = arange(Frames * s_options.Hop, float32).mul(2 * Math.PI / s_options.SampleRate);
        var sound = codec.Synthesize(codec.Magnitudes(((turns * lower).sin() + (turns * higher).sin()).mul(0.1).unsqueeze(0)));
        var power = fft.rfft(sound[0].narrow(0, 8192, Size) * hann_window(Size)).abs().square();
        Assert.InRange((Near(lower) + Near(higher)) / power.sum().item<float>(), 0.8, 1);

        // Power within 3 Hz.
        double Near(double hertz)
        {
            var perHertz = (double)Size / s_options.SampleRate;
            return power.narrow(0, (long)((hertz - 3) * perHertz), (long)(6 * perHertz)).sum().item<float>();
        }
    }

    [Fact]
    public void An_average_over_neighbours_keeps_what_is_steady_and_softens_a_step_where_it_is()
    {
        const int Reach = 4, At = 15;
        using var scope = NewDisposeScope();
        using var smoothing = new Smoothing(channels: 1, Reach);
        var smooth = smoothing.forward(cat([zeros(1, 1, At), ones(1, 1, At)], 2)).data<float>().ToArray();
        Assert.All(smooth[..(At - Reach)], value => Assert.Equal(0, value));
        Assert.All(smooth[(At + Reach)..], value => Assert.Equal(1, value, 1e-5));
        Assert.Equal(smooth.Order(), smooth);
        Assert.Equal(1, smooth[At - 1] + smooth[At], 1e-5);
    }

    private static SpectralCodec Codec()
    {
        random.manual_seed(1);
        var codec = new SpectralCodec(s_options);
        codec.eval();
        return codec;
    }

    private static Tensor Noise(int frames)
    {
        random.manual_seed(2);
        return randn(1, frames * s_options.Hop) * 0.05;
    }
}
