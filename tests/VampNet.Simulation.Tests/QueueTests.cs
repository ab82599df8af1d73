using System.Globalization;

namespace VampNet.Simulation.Tests;

/// <summary>What theory knows of queues comes out where the real scheduler and the real choice of replicas make one.</summary>
public class QueueTests
{
    [Theory]
    [InlineData("0.5")]
    [InlineData("0.8")]
    public async Task Jobs_of_one_length_wait_as_long_as_in_an_M_D_1_queue(string load)
    {
        var rho = double.Parse(load, CultureInfo.InvariantCulture);
        AssertWithin(0.05, 1 + (rho / (2 * (1 - rho))), await MeanTimeAsync("--fixed", "--load", load, "--jobs", "60000"));
    }

    [Theory]
    [InlineData("0.5")]
    [InlineData("0.8")]
    public async Task Jobs_of_random_lengths_wait_as_long_as_in_an_M_M_1_queue(string load)
    {
        var rho = double.Parse(load, CultureInfo.InvariantCulture);
        AssertWithin(0.05, 1 / (1 - rho), await MeanTimeAsync("--load", load, "--jobs", "60000"));
    }

    /// <summary>Mitzenmacher 2001: the mean time with many servers is the sum of load^(2^i − 2), from i = 1.</summary>
    [Fact]
    public async Task Many_replicas_do_as_well_as_two_choices_promise()
    {
        var expected = Enumerable.Range(1, 10).Sum(i => Math.Pow(0.9, Math.Pow(2, i) - 2));
        AssertWithin(0.05, expected, await MeanTimeAsync("--replicas", "100", "--load", "0.9", "--jobs", "100000"));
    }

    /// <summary>With a device for everybody this is processor sharing, whose mean does not depend on the lengths of jobs.</summary>
    [Theory]
    [InlineData("--fixed")]
    [InlineData(null)]
    public async Task Jobs_that_share_a_core_take_as_long_as_in_an_M_G_1_queue_with_processor_sharing(string? lengths)
    {
        string[] few = ["--replicas", "100", "--cores", "1", "--load", "0.005", "--jobs", "60000"]; // half of the core
        AssertWithin(0.05, 1 / (1 - 0.5), await MeanTimeAsync([.. few, .. lengths is null ? [] : new[] { lengths }]));
    }

    private static async Task<double> MeanTimeAsync(params string[] arguments) =>
        double.Parse(Assert.Single(await SimulationProcess.RunAsync(["queue", .. arguments])), CultureInfo.InvariantCulture);

    private static void AssertWithin(double share, double expected, double found) =>
        Assert.InRange(found, expected * (1 - share), expected * (1 + share));
}
