using VampNet.Model.Codec;
using VampNet.Model.Layers;
using VampNet.Testing;
using VampNet.Training.Losses;
using Xunit;
using static TorchSharp.torch;

namespace VampNet.Training.Tests.Losses;

[NoTensorLeaks]
public sealed class MagnitudeLossTests
{
    private const int Window = 1536, LowBins = 98;
    private const double Half = 0.6931; // log 2

    [Fact]
    public void The_same_magnitudes_have_no_loss()
    {
        using var scope = NewDisposeScope();
        var (total, mel) = Compute(1, 1);
        Assert.Equal((0.0, 0.0), (total.Number(), mel.Number()));
    }

    [Fact]
    public void Twice_the_magnitude_is_log_two_in_bins_and_in_mel_bands_which_weigh_three_times()
    {
        using var scope = NewDisposeScope();
        var (total, mel) = Compute(high: 2, low: 1);
        Assert.Equal(Half, mel.Number(), 1e-3);
        Assert.Equal(Half + 3 * Half, total.Number(), 1e-3);
        (total, mel) = Compute(high: 1, low: 0.5);
        Assert.Equal(0, mel.Number());
        Assert.Equal(Half, total.Number(), 1e-3);
    }

    [Fact]
    public void What_is_quieter_than_the_floor_is_silence_and_what_is_not_is_pulled_nearer()
    {
        using var scope = NewDisposeScope();
        using var loss = new MagnitudeLoss(44_100, Window, CPU);
        var silence = new SpectralMagnitudes(zeros(1, 4, Window / 2 + 1), zeros(1, 4, LowBins));
        var faint = new SpectralMagnitudes(silence.High.Plus(1e-9), silence.Low.Plus(1e-5));
        Assert.Equal(0, loss.Compute(silence, faint).Total.Number());
        using var trained = ones(1, 4, Window / 2 + 1).requires_grad_();
        loss.Compute(Magnitudes(0.1, 1), new SpectralMagnitudes(trained, ones(1, 4, LowBins))).Total.backward();
        using var gradient = trained.grad!;
        Assert.True(gradient.min().Number() > 0); // all of it is too loud
    }

    private static (Tensor Total, Tensor Mel) Compute(double high, double low)
    {
        using var loss = new MagnitudeLoss(44_100, Window, CPU);
        return loss.Compute(Magnitudes(1, 1), Magnitudes(high, low));
    }

    private static SpectralMagnitudes Magnitudes(double high, double low) =>
        new(ones(1, 4, Window / 2 + 1).Times(high), ones(1, 4, LowBins).Times(low));
}
