using VampNet.Evaluation.Embeddings;
using VampNet.Testing;
using Xunit;

namespace VampNet.Evaluation.Tests.Embeddings;

[NoTensorLeaks]
public sealed class SpectralStatisticsTests
{
    [Fact]
    public void Ten_times_the_amplitude_moves_a_point_along_the_first_axis_alone()
    {
        using var embedding = new SpectralStatistics();
        var noise = Noise(3, amplitude: 0.01f);
        var (quiet, loud) = (embedding.Embed(noise), embedding.Embed(Array.ConvertAll(noise, s => s * 10)));
        for (var point = 0; point < quiet.GetLength(0); point++)
        {
            Assert.Equal(Math.Sqrt(64), loud[point, 0] - quiet[point, 0], 1e-3); // a decade in each of 64 bands
            for (var i = 1; i < quiet.GetLength(1); i++)
                Assert.Equal(quiet[point, i], loud[point, i], 1e-3);
        }
    }

    [Fact]
    public void There_is_a_point_for_every_second()
    {
        using var embedding = new SpectralStatistics();
        Assert.Equal((5, 32), Size(embedding.Embed(Noise(5, 0.1f))));
    }

    [Fact]
    public void Less_than_a_second_has_no_point()
    {
        using var embedding = new SpectralStatistics();
        Assert.Throws<ArgumentException>(() => embedding.Embed(new float[22050]));
    }

    private static (int, int) Size(float[,] points) => (points.GetLength(0), points.GetLength(1));

    private static float[] Noise(int seconds, float amplitude)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, seconds * 44100).Select(_ => (random.NextSingle() - 0.5f) * amplitude)];
    }
}
