using System.Globalization;
using VampNet.Core.Sampling;
using VampNet.Testing;
using Xunit;

namespace VampNet.Core.Tests.Sampling;

public class GoldenScheduleTests
{
    public static TheoryData<string> Gammas => [.. Goldens.Names("gamma_*")];

    public static TheoryData<string> Counts => [.. Goldens.Names("num_to_mask_*")];

    public static TheoryData<string> Trajectories => [.. Goldens.Names("gen_*_num_to_mask").Select(n => n[..^"_num_to_mask".Length])];

    [Theory, MemberData(nameof(Gammas))]
    public void Gamma_is_the_references(string name)
    {
        var expected = Goldens.Array(name).Floats;
        var steps = int.Parse(name["gamma_".Length..], CultureInfo.InvariantCulture);
        Assert.Equal(steps, expected.Length);
        for (var i = 0; i < steps; i++)
        {
            Assert.Equal(expected[i], MaskSchedule.UpstreamGamma((i + 1f) / steps), 1e-7);
            Assert.Equal(expected[i], MaskSchedule.Gamma((i + 1.0) / steps), 1e-6);
        }
    }

    /// <summary>The reference's plain floor(γ·N), which is what its schedule asks for before limits.</summary>
    [Theory, MemberData(nameof(Counts))]
    public void Counts_are_the_references(string name)
    {
        var expected = Goldens.Array(name).Longs;
        var parts = name.Split('_');
        var (steps, total) = (int.Parse(parts[3], CultureInfo.InvariantCulture), int.Parse(parts[4][1..], CultureInfo.InvariantCulture));
        var schedule = new MaskSchedule(steps, SamplingMode.Upstream);
        for (var i = 0; i < steps; i++)
            Assert.Equal(expected[i], schedule.HiddenAfter(i, total, int.MaxValue));
    }

    /// <summary>Whole generations: limits included, with what was hidden before each step.</summary>
    [Theory, MemberData(nameof(Trajectories))]
    public void Trajectories_hide_as_many_as_the_reference(string name)
    {
        var (expected, before, temperatures) =
            (Goldens.Array(name + "_num_to_mask"), Goldens.Array(name + "_z_masked"), Goldens.Array(name + "_masktemp").Floats);
        var (steps, batch) = (expected.Shape[0], expected.Shape[1]);
        var perItem = before.Count / steps / batch;
        int Hidden(int step, int item) => before.Longs.AsSpan((step * batch + item) * perItem, perItem).Count(1024L);
        var atStart = Enumerable.Range(0, batch).Sum(item => Hidden(0, item));
        var schedule = new MaskSchedule(steps, SamplingMode.Upstream);
        var temperature = steps > 1 ? temperatures[0] / (1 - 1f / steps) : 0;
        for (var step = 0; step < steps; step++)
        {
            for (var item = 0; item < batch; item++)
            {
                Assert.Equal(expected.Longs[step * batch + item], schedule.HiddenAfter(step, atStart, Hidden(step, item)));
                Assert.Equal(temperatures[step * batch + item], schedule.MaskTemperature(step, temperature), 1e-5);
            }
        }
    }

    [Fact]
    public void Gamma_and_its_inverse_are_the_references()
    {
        var grid = Goldens.Array("mask_gamma_grid"); // rows r, gamma(r), inverse(gamma(r))
        var n = grid.Shape[1];
        for (var i = 0; i < n; i++)
        {
            var (r, gamma, inverse) = (grid.Floats[i], grid.Floats[n + i], grid.Floats[2 * n + i]);
            Assert.Equal(gamma, MaskSchedule.UpstreamGamma(r), 1e-7);
            Assert.Equal(gamma, MaskSchedule.Gamma(r), 1e-6);
            Assert.Equal(gamma, MaskSchedule.Gamma(inverse), 1e-6);
        }
    }
}
