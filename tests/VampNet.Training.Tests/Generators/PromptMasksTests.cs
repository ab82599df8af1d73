using FsCheck;
using FsCheck.Fluent;
using VampNet.Core.Prompts;
using VampNet.Core.Tokens;
using VampNet.Training.Generators;
using Xunit;

namespace VampNet.Training.Tests.Generators;

public sealed class PromptMasksTests
{
    [Fact]
    public void There_is_something_to_fill_in_and_upper_codebooks_are_shown_with_the_lower_alone() => Prop.ForAll(
        Gen.Choose(2, 14).ToArbitrary(), Gen.Choose(16, 300).ToArbitrary(), ArbMap.Default.ArbFor<int>(), (codebooks, frames, seed) =>
        {
            var mask = new PromptMasks(PromptPreset.All, codebooks, frames).Draw(new Random(seed));
            return (mask.Codebooks, mask.Frames) == (codebooks, frames)
                && mask.HiddenCount > 0
                && Enumerable.Range(1, codebooks - 1).All(c => Enumerable.Range(0, frames).All(t => mask[c, t] || !mask[c - 1, t]));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Codebooks_are_shown_whole_a_quarter_of_the_time_gaps_another_and_single_frames_half_of_the_rest()
    {
        const int Draws = 2000, Frames = 128;
        var (prompts, random) = (new PromptMasks(PromptPreset.All, 4, Frames), new Random(1));
        double whole = 0, gaps = 0, singles = 0;
        for (var i = 0; i < Draws; i++)
        {
            var mask = prompts.Draw(random);
            var shown = Enumerable.Range(0, Frames).Where(t => !mask[0, t]).ToArray();
            var stretches = shown.Count(t => t == 0 || mask[0, t - 1]);
            whole += shown.Length == Frames ? 1 : 0;
            gaps += shown.Length < Frames && stretches <= 2 && shown.All(t => Reaches(shown, t)) ? 1 : 0;
            singles += stretches > 2 && stretches == shown.Length ? 1 : 0;
        }
        Assert.InRange(whole / Draws, 0.22, 0.28);
        Assert.InRange(gaps / Draws, 0.22, 0.28);
        Assert.InRange(singles / Draws, 0.25, 0.37); // the others are stretches, of beats among them

        // what is around a gap reaches to an end of the sequence
        static bool Reaches(int[] shown, int t) =>
            Enumerable.Range(0, t).All(shown.Contains) || Enumerable.Range(t, Frames - t).All(shown.Contains);
    }

    /// <summary>Training shows what serving will: the very masks that a package's presets make.</summary>
    [Theory]
    [InlineData("every", 3, 4, 0.0, 0.0)]
    [InlineData("thinned", 2, 3, 0.5, 0.0)]
    [InlineData("beats", 0, 4, 0.0, 0.1)]
    [InlineData("both", 5, 2, 0.0, 0.1)]
    public void A_preset_is_shown_as_it_is_served(string name, int period, int codebooks, double dropout, double beatSeconds)
    {
        const int Codebooks = 14, Frames = 256, Draws = 400;
        var preset = new PromptPreset(name, period, codebooks, dropout, beatSeconds);
        var (prompts, random) = (new PromptMasks([preset], Codebooks, Frames), new Random(3));
        var masks = Enumerable.Range(0, Draws).Select(_ => prompts.Draw(random)).Where(mask =>
            Enumerable.Range(0, Codebooks).All(c => mask.HiddenFrames().Length == Frames && ShownIn(mask, c) == (c < codebooks)))
            .ToList();
        // Of beats, 6 frames stay, 19 to 57 apart; of the period, every n-th.
        var least = (period > 0 ? (1 - dropout) / period : 0) + (beatSeconds > 0 ? 6.0 / 58 * (period > 0 ? 0.5 : 1) : 0);
        Assert.Contains(masks, mask => Enumerable.Range(0, Frames).Count(t => !mask[0, t]) > 0.8 * least * Frames);
        Assert.True(masks.Count > Draws / 8);

        static bool ShownIn(TokenMask mask, int codebook) => Enumerable.Range(0, mask.Frames).Any(t => !mask[codebook, t]);
    }

    [Fact]
    public void A_preset_that_leaves_nothing_to_fill_in_is_not_shown()
    {
        var prompts = new PromptMasks([new("all", Period: 1, Codebooks: 4), new("none", Period: 0, Codebooks: 1)], 4, 64);
        var random = new Random(1);
        Assert.All(Enumerable.Range(0, 200), _ => Assert.True(prompts.Draw(random).HiddenCount > 0));
    }
}
