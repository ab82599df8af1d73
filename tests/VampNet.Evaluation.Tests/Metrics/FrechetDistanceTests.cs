using FsCheck;
using FsCheck.Fluent;
using VampNet.Evaluation.Metrics;
using VampNet.Testing;
using Xunit;

namespace VampNet.Evaluation.Tests.Metrics;

[NoTensorLeaks]
public sealed class FrechetDistanceTests
{
    [Fact]
    public void Of_one_dimension_it_is_the_difference_of_means_and_of_deviations()
    {
        float[,] x = { { -1 }, { 1 } }, y = { { 2 }, { 6 } }; // means 0 and 4, variances 2 and 8
        Assert.Equal(16 + 2 + 8 - 2 * 4, FrechetDistance.Between(x, y), 1e-9);
    }

    [Fact]
    public void Of_two_dimensions_it_follows_the_closed_form_of_the_trace()
    {
        // tr (AB)^½ of 2 x 2 matrices is (tr AB + 2 (det AB)^½)^½.
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), seed =>
        {
            var random = new System.Random(seed);
            var (x, y) = (Rows(random, 20), Rows(random, 30));
            var ((mx, a), (my, b)) = (Fit(x), Fit(y));
            var ab = new[,]
            {
                { a[0, 0] * b[0, 0] + a[0, 1] * b[1, 0], a[0, 0] * b[0, 1] + a[0, 1] * b[1, 1] },
                { a[1, 0] * b[0, 0] + a[1, 1] * b[1, 0], a[1, 0] * b[0, 1] + a[1, 1] * b[1, 1] },
            };
            var trace = Math.Sqrt(ab[0, 0] + ab[1, 1] + 2 * Math.Sqrt(ab[0, 0] * ab[1, 1] - ab[0, 1] * ab[1, 0]));
            var expected = Math.Pow(mx[0] - my[0], 2) + Math.Pow(mx[1] - my[1], 2) + a[0, 0] + a[1, 1] + b[0, 0] + b[1, 1] - 2 * trace;
            Assert.Equal(expected, FrechetDistance.Between(x, y), 1e-6);
            Assert.Equal(expected, FrechetDistance.Between(y, x), 1e-6);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_set_has_no_distance_to_itself() => Assert.Equal(0, FrechetDistance.Between(Rows(new(1), 50), Rows(new(1), 50)), 1e-9);

    [Fact]
    public void Sets_without_any_spread_differ_by_their_means_alone() =>
        Assert.Equal(25, FrechetDistance.Between(new float[,] { { 0, 0 }, { 0, 0 } }, new float[,] { { 3, 4 }, { 3, 4 } }), 1e-9);

    [Fact]
    public void One_embedding_has_no_covariance() =>
        Assert.Throws<ArgumentException>(() => FrechetDistance.Between(new float[1, 2], new float[2, 2]));

    private static float[,] Rows(System.Random random, int count)
    {
        var (rows, scale, shear) = (new float[count, 2], random.NextSingle() + 0.1f, random.NextSingle());
        for (var i = 0; i < count; i++)
        {
            rows[i, 0] = random.NextSingle() * scale + shear;
            rows[i, 1] = random.NextSingle() + shear * rows[i, 0];
        }
        return rows;
    }

    private static (double[] Mean, double[,] Covariance) Fit(float[,] rows)
    {
        var n = rows.GetLength(0);
        double[] mean = [.. Enumerable.Range(0, 2).Select(d => Enumerable.Range(0, n).Average(i => (double)rows[i, d]))];
        var covariance = new double[2, 2];
        for (var d = 0; d < 2; d++)
        {
            for (var e = 0; e < 2; e++)
                covariance[d, e] = Enumerable.Range(0, n).Sum(i => (rows[i, d] - mean[d]) * (rows[i, e] - mean[e])) / (n - 1);
        }
        return (mean, covariance);
    }
}
