using VampNet.Evaluation.Findings;
using Xunit;

namespace VampNet.Evaluation.Tests.Findings;

public sealed class PaperFindingsTests
{
    [Fact]
    public void Errors_that_fall_all_the_way_do_and_others_do_not()
    {
        Outcome[] falling = [Rate(25, 6, 30), Rate(400, 4, 20), Rate(8_000, 1, 10)];
        Assert.All(Find("bitrates", falling).Where(f => f.Section == "4.4"), finding => Assert.Equal(Verdict.Yes, finding.Verdict));
        var found = Find("bitrates", Rate(25, 4, 2), Rate(400, 4.1, 3), Rate(8_000, 1, 1));
        Assert.Equal(4, found.Count); // each figure over all bitrates, and from 25 to 400
        Assert.All(found, finding => Assert.Equal(Verdict.No, finding.Verdict));
        Assert.Equal(["4.000 → 4.100 → 1.000", "4.000 → 4.100", "2.000 → 3.000 → 1.000", "2.000 → 3.000"], found.Select(f => f.Figures));
    }

    [Fact]
    public void As_good_as_is_not_worse_beyond_the_intervals_and_may_be_better()
    {
        Assert.Equal(Verdict.Yes, Spread(1.4).Verdict);
        Assert.Equal(Verdict.No, Spread(2.1).Verdict);
        Assert.Equal((Verdict.Yes, false), (Spread(-3).Verdict, Spread(-3).IntervalsOverlap)); // far better
        Assert.True(Spread(1.4).IntervalsOverlap);
        Assert.Equal("1.400 (0.900–1.900) periodic, P=16, 1.000 (0.500–1.500) inpaint, 1 s", Spread(1.4).Figures);

        static Finding Spread(double frechet) => Find(
            "prompts", Outcomes.Of("periodic, P=16", 0, frechet), Outcomes.Of("inpaint, 1 s", 0, 1)).Single(
                f => f.Claim.StartsWith("frames that are spread", StringComparison.Ordinal)
                    && f.Claim.EndsWith("(Fréchet distance)", StringComparison.Ordinal));
    }

    [Fact]
    public void Prompts_are_apart_from_noise_at_their_bitrate_only_where_intervals_are()
    {
        Assert.Equal(Verdict.Yes, Frechet(noise: 3).Verdict);
        Assert.Equal((Verdict.No, true), (Frechet(noise: 1.5).Verdict, Frechet(noise: 1.5).IntervalsOverlap));
        Assert.Contains("noise at the bitrate of periodic, P=8 (1000 bit/s)", Frechet(3).Claim, StringComparison.Ordinal);

        static Finding Frechet(double noise) => Find(
            "prompts", Outcomes.Of("noisy tokens, r=0.875", 0, noise), Outcomes.Of("periodic, P=8", 0, 1)).Single(
                f => f.Claim.EndsWith("(intervals apart)", StringComparison.Ordinal));
    }

    [Fact]
    public void Beats_are_compared_with_the_best_of_the_other_prompts_in_distance_tempo_and_likeness()
    {
        Assert.Equal([Verdict.Yes, Verdict.Yes, Verdict.No, Verdict.Yes], OfBeats(frechet: 0.5, tempo: 0.9).Select(f => f.Verdict));
        Assert.Equal([Verdict.No, Verdict.No, Verdict.No, Verdict.Yes], OfBeats(frechet: 1.5, tempo: 0.1).Select(f => f.Verdict));
        Assert.Contains("1.000 (0.500–1.500) periodic, P=8, the best of the others", OfBeats(0.5, 0.9)[0].Figures, Ordinal);

        static Finding[] OfBeats(double frechet, double tempo) =>
        [.. Find(
            "prompts", Outcomes.Of("periodic, P=8", 2, 1) with { Tempo = Outcomes.Around(0.5) }, Outcomes.Of("periodic, P=32", 3, 2),
            Outcomes.Of("beats, 75 ms", 1, frechet) with { Tempo = Outcomes.Around(tempo), Onsets = Outcomes.Around(-1) })
            .Where(f => f.Claim.Contains("beat-driven", Ordinal))];
    }

    [Fact]
    public void Steps_are_compared_in_distance_and_in_time()
    {
        var found = Find("steps", Steps(1, 9), Steps(12, 4), Steps(24, 4.5), Steps(36, 5), Steps(72, 8));
        Assert.Equal(["4.3", "5", "5", "5", "5", "5"], found.Select(f => f.Section));
        Assert.Equal(
            [Verdict.Yes, Verdict.No, Verdict.Yes, Verdict.Yes, Verdict.Yes, Verdict.NotMeasured], found.Select(f => f.Verdict));
        Assert.Contains("4.000 (3.500–4.500) 12 steps, the best of the others", found[1].Figures, StringComparison.Ordinal);
        Assert.Contains("1.2 s with 12 steps, 2.4 s with 24 steps, 3.6 s with 36 steps", found[3].Figures, StringComparison.Ordinal);
        Assert.EndsWith("would be 57 s", found[5].Figures, StringComparison.Ordinal); // 574 steps of 0.1 s
        Assert.Equal(Verdict.No, Find("steps", Steps(24, 9), Steps(36, 5)).Single(f => f.Claim.Contains("trade", Ordinal)).Verdict);
    }

    [Fact]
    public void Reconstruction_is_asked_of_one_codebook_and_the_bitrate_from_which_it_holds_is_named()
    {
        var found = Find(
            "bitrates", Rate(574, 5, 5, "Nk=1"), Rate(4_020, 1.4, 3, "Nk=7"), Rate(5_742, 1.2, 1.2, "Nk=10"), Rate(8_039, 1, 1, "codec"))
            .Where(f => f.Claim.Contains("600 bit/s", Ordinal)).ToList();
        Assert.All(found, f => Assert.Equal(Verdict.No, f.Verdict));
        Assert.EndsWith("it holds from Nk=7 (4020 bit/s) on", found[0].Figures, StringComparison.Ordinal);
        Assert.EndsWith("it holds from Nk=10 (5742 bit/s) on", found[1].Figures, StringComparison.Ordinal);
    }

    [Fact]
    public void At_low_bitrates_all_of_them_are_compared_with_noise()
    {
        Assert.Equal([Verdict.Yes, Verdict.Yes], AgainstNoise(mel: 3.9).Select(f => f.Verdict));
        Assert.Equal([Verdict.No, Verdict.Yes], AgainstNoise(mel: 2).Select(f => f.Verdict));

        static IEnumerable<Finding> AgainstNoise(double mel) => PaperFindings.Of([
            (new Experiment("baselines", "", null, []), [Outcomes.Of("noisy tokens, r=0.99", 4, 9, bits: 80)]),
            (new Experiment("bitrates", "", null, []), [Rate(25, 4, 1), Rate(200, mel, 1), Rate(400, 0, 99)])], seconds: 10)
            .Where(f => f.Claim.StartsWith("at 200", Ordinal));
    }

    [Fact]
    public void What_was_not_measured_is_not_said() => Assert.Empty(PaperFindings.Of([], 10));

    private const StringComparison Ordinal = StringComparison.Ordinal;

    private static IReadOnlyList<Finding> Find(string experiment, params Outcome[] outcomes) =>
        PaperFindings.Of([(new Experiment(experiment, "", null, []), outcomes)], seconds: 10);

    private static Outcome Rate(double bits, double mel, double frechet, string? name = null) =>
        Outcomes.Of(name ?? $"{bits} bit/s", mel, frechet, bits);

    /// <summary>A step takes a tenth of a second.</summary>
    private static Outcome Steps(int steps, double frechet) =>
        Outcomes.Of($"{steps} steps", 0, frechet) with { At = steps, Alone = 0.1 * steps };
}
