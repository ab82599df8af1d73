using VampNet.Evaluation.Metrics;
using Xunit;

namespace VampNet.Evaluation.Tests.Reports;

public sealed class OrderingsTests
{
    [Fact]
    public void Errors_that_fall_all_the_way_do_and_others_do_not()
    {
        var falling = Find("bitrates", Outcome("25 bit/s", 0.6, 3), Outcome("400 bit/s", 0.4, 2), Outcome("codec", 0.1, 1));
        Assert.All(falling, ordering => Assert.True(ordering.Holds));
        var found = Find("bitrates", Outcome("25 bit/s", 0.4, 2), Outcome("400 bit/s", 0.41, 3), Outcome("codec", 0.1, 1));
        Assert.All(found, ordering => Assert.False(ordering.Holds));
        Assert.Equal(["0.400 > 0.410 > 0.100", "2.000 > 3.000 > 1.000"], found.Select(ordering => ordering.Figures));
    }

    [Fact]
    public void Distances_are_apart_only_where_their_intervals_are()
    {
        Assert.True(Below(Outcome("noisy tokens, r=0.875", 0, frechet: 3), Outcome("periodic, P=8", 0, frechet: 1)).Holds);
        Assert.False(Below(Outcome("noisy tokens, r=0.875", 0, frechet: 1.5), Outcome("periodic, P=8", 0, frechet: 1)).Holds);

        static Ordering Below(params Outcome[] outcomes) =>
            Find("prompts", outcomes).Single(o => o.Claim.StartsWith("Fréchet distance:", StringComparison.Ordinal));
    }

    [Fact]
    public void Values_are_alike_where_each_is_in_the_others_interval()
    {
        Assert.True(Mel(0.4).Holds);
        Assert.False(Mel(0.7).Holds);
        Assert.Equal("0.100 (-0.400–0.600) and 0.700 (0.200–1.200)", Mel(0.7).Figures);

        static Ordering Mel(double error) => Find("prompts", Outcome("codec", 0.1), Outcome("compression, Nk=1", error))
            .First(o => o.Claim.StartsWith("one codebook", StringComparison.Ordinal));
    }

    [Fact]
    public void Beats_are_compared_with_the_best_of_the_other_prompts()
    {
        Assert.True(Lowest(0.5).Holds);
        Assert.False(Lowest(1.5).Holds);
        Assert.Contains("(periodic, P=8 is the best of the others)", Lowest(0.5).Claim, StringComparison.Ordinal);

        static Ordering Lowest(double beats) =>
            Find("prompts", Outcome("periodic, P=8", 0, 1), Outcome("periodic, P=32", 0, 2), Outcome("beats, 75 ms", 0, beats))
                .First(o => o.Claim.StartsWith("beat-driven", StringComparison.Ordinal));
    }

    [Fact]
    public void The_best_number_of_steps_is_named()
    {
        var found = Find(
            "steps", Outcome("1 steps", 0.5, 9), Outcome("12 steps", 0.6, 4), Outcome("36 steps", 0.6, 5), Outcome("72 steps", 0.7, 5));
        Assert.Equal([false, true, false], found.Take(3).Select(o => o.Holds));
        Assert.Equal("9.000 (1 steps); lowest 4.000 (12 steps)", found[1].Figures);
        Assert.Equal("5.000 (36 steps); lowest 4.000 (12 steps)", found[2].Figures);
    }

    [Fact]
    public void Prompts_are_compared_with_inpainting_and_what_was_not_measured_is_not_said()
    {
        var found = Find("prompts", Outcome("beats, 75 ms", 0.3), Outcome("inpaint, 2 s", 0.4));
        Assert.Equal(2, found.Count);
        Assert.StartsWith("the mel error of beats, 75 ms (1000 bit/s) is below that of inpaint, 2 s", found[1].Claim);
        Assert.Empty(Orderings.Of([]));
    }

    private static IReadOnlyList<Ordering> Find(string experiment, params Outcome[] outcomes) =>
        Orderings.Of([(new Experiment(experiment, "", null, []), outcomes)]);

    /// <summary>Intervals reach 0.5 to either side.</summary>
    private static Outcome Outcome(string condition, double mel, double frechet = 0) =>
        new(condition, null, Around(mel), Around(mel), Around(frechet), new Sound(0, 0, 0, 1, 0), new PerceptualMetrics(default, 1, [0], 0),
            1000);

    private static Estimate Around(double value) => new(value, value - 0.5, value + 0.5);
}
