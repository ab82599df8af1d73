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

    [Fact]
    public void A_course_says_in_which_of_the_frames_around_a_band_is_hit()
    {
        const int Reach = 2, At = 7;
        using var scope = NewDisposeScope();
        using var course = new Course(dimension: 8, bands: 2, Reach);
        var hit = zeros(1, 8, 16);
        hit[TensorIndex.Ellipsis, TensorIndex.Slice(4, 8), At] = 1; // the upper band
        var seen = course.forward(hit)[0]; // (values, frames)
        Assert.Equal(course.Values, seen.size(0));
        for (var frame = 0; frame < 16; frame++)
        {
            var upper = seen.select(1, frame).narrow(0, 2 * Reach + 1, 2 * Reach + 1).data<float>().ToArray();
            Assert.Equal(Enumerable.Range(frame - Reach, 2 * Reach + 1).Select(f => f == At ? 1f : 0f), upper);
        }
        Assert.Equal(1, seen.sum().item<float>() / (2 * Reach + 1)); // the lower band is silent
    }

    [Fact]
    public void A_codebook_of_courses_gives_back_the_bands_of_its_own_frame()
    {
        using var scope = NewDisposeScope();
        using var quantizer = new VectorQuantizer(8, 4, 6, CodebookMetric.Euclidean, new OutlineView(Reach: 1, CourseBands: 2));
        var x = randn(1, 8, 5);
        var (basis, _) = linalg.qr(randn(6, 6));
        quantizer.SetProjections(basis, randn(6));
        var back = quantizer.Expand(quantizer.Project(x));
        var bands = x.view(1, 2, 4, 5).mean([2], keepdim: true).expand(1, 2, 4, 5).reshape(1, 8, 5);
        Assert.True(back.allclose(bands, atol: 1e-4), $"{back - bands}");
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
