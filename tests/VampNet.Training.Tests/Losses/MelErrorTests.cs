using VampNet.Testing;
using VampNet.Training.Losses;
using Xunit;
using static TorchSharp.torch;

namespace VampNet.Training.Tests.Losses;

[NoTensorLeaks]
public sealed class MelErrorTests
{
    [Fact]
    public void The_same_audio_has_no_error()
    {
        using var scope = NewDisposeScope();
        using var error = new MelError(44100);
        var audio = Noise();
        Assert.Equal((0.0, 0.0), error.Compute(audio, audio));
    }

    [Fact]
    public void Ten_times_the_amplitude_is_one_decade()
    {
        using var scope = NewDisposeScope();
        using var error = new MelError(44100);
        var audio = Noise();
        var (wide, narrow) = error.Compute(audio, audio * 10);
        Assert.Equal(1, wide, 1e-4);
        Assert.Equal(1, narrow, 1e-4);
    }

    [Fact]
    public void Every_filter_has_its_peak_where_the_scale_says_and_the_same_area()
    {
        const int size = 2048, mels = 40, bins = size / 2 + 1;
        var filters = MelSpectrogram.Filters(44100, size, mels);
        var areas = Enumerable.Range(0, mels).Select(m => filters.AsSpan(m * bins, bins).ToArray().Sum() * 44100.0 / size).ToArray();
        Assert.All(areas, area => Assert.Equal(1, area, 0.1));
        var peaks = Enumerable.Range(0, mels)
            .Select(m => Array.IndexOf(filters, filters.AsSpan(m * bins, bins).ToArray().Max(), m * bins) - m * bins).ToArray();
        Assert.Equal(peaks.Order(), peaks);
    }

    private static Tensor Noise()
    {
        var random = new Random(1);
        return tensor(Enumerable.Range(0, 44100).Select(_ => random.NextSingle() - 0.5f).ToArray(), [1, 44100]);
    }
}
