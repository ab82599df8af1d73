using VampNet.Evaluation.Metrics;
using VampNet.Evaluation.Reports;
using Xunit;

namespace VampNet.Evaluation.Tests.Reports;

public sealed class OrderingsTests
{
    [Fact]
    public void Errors_that_fall_all_the_way_do_and_others_do_not()
    {
        Assert.True(Single("bitrates", Outcome("25 bit/s", 0.6), Outcome("400 bit/s", 0.4), Outcome("codec", 0.1)).Holds);
        var found = Single("bitrates", Outcome("25 bit/s", 0.4), Outcome("400 bit/s", 0.41), Outcome("codec", 0.1));
        Assert.False(found.Holds);
        Assert.Equal("0.400 > 0.410 > 0.100", found.Figures);
    }

    [Fact]
    public void Distances_are_apart_only_where_their_intervals_are()
    {
        Assert.True(Single("prompts", Outcome("noisy tokens, r=0.875", 0, frechet: 3), Outcome("periodic, P=8", 0, frechet: 1)).Holds);
        Assert.False(Single("prompts", Outcome("noisy tokens, r=0.875", 0, frechet: 1.5), Outcome("periodic, P=8", 0, frechet: 1)).Holds);
    }

    [Fact]
    public void The_best_number_of_steps_is_named()
    {
        var found = Find("steps", Outcome("1 steps", 0.5, 9), Outcome("12 steps", 0.6, 4), Outcome("72 steps", 0.7, 5));
        Assert.Equal([false, true], found.Select(o => o.Holds));
        Assert.Equal("9.000 (1 steps); lowest 4.000 (12 steps)", found[1].Figures);
    }

    [Fact]
    public void Prompts_are_compared_with_inpainting_and_what_was_not_measured_is_not_said()
    {
        var found = Find("prompts", Outcome("beats, 75 ms", 0.3), Outcome("inpaint, 2 s", 0.4));
        Assert.StartsWith("the mel error of beats, 75 ms (1000 bit/s) is below that of inpaint, 2 s", Assert.Single(found).Claim);
        Assert.Empty(Orderings.Of([]));
    }

    private static Ordering Single(string experiment, params Outcome[] outcomes) => Assert.Single(Find(experiment, outcomes));

    private static IReadOnlyList<Ordering> Find(string experiment, params Outcome[] outcomes) =>
        Orderings.Of([(new Experiment(experiment, "", null, []), outcomes)]);

    /// <summary>Intervals reach 0.5 to either side.</summary>
    private static Outcome Outcome(string condition, double mel, double frechet = 0) =>
        new(condition, null, Around(mel), Around(mel), Around(frechet), new Sound(0, 0, 0, 1, 0), 1000);

    private static Estimate Around(double value) => new(value, value - 0.5, value + 0.5);
}
