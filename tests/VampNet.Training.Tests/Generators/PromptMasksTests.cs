using FsCheck;
using FsCheck.Fluent;
using VampNet.Training.Generators;
using Xunit;

namespace VampNet.Training.Tests.Generators;

public sealed class PromptMasksTests
{
    [Fact]
    public void There_is_something_to_fill_in_and_upper_codebooks_are_shown_with_the_lower_alone() => Prop.ForAll(
        Gen.Choose(2, 14).ToArbitrary(), Gen.Choose(16, 300).ToArbitrary(), ArbMap.Default.ArbFor<int>(), (codebooks, frames, seed) =>
        {
            var mask = PromptMasks.Draw(codebooks, frames, new Random(seed));
            return (mask.Codebooks, mask.Frames) == (codebooks, frames)
                && mask.HiddenCount > 0
                && Enumerable.Range(1, codebooks - 1).All(c => Enumerable.Range(0, frames).All(t => mask[c, t] || !mask[c - 1, t]));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Codebooks_are_shown_whole_a_quarter_of_the_time_gaps_another_and_single_frames_most_of_the_rest()
    {
        const int Draws = 2000, Frames = 128;
        var random = new Random(1);
        double whole = 0, gaps = 0, singles = 0;
        for (var i = 0; i < Draws; i++)
        {
            var mask = PromptMasks.Draw(4, Frames, random);
            var shown = Enumerable.Range(0, Frames).Where(t => !mask[0, t]).ToArray();
            var stretches = shown.Count(t => t == 0 || mask[0, t - 1]);
            whole += shown.Length == Frames ? 1 : 0;
            gaps += shown.Length < Frames && stretches <= 2 && shown.All(t => Reaches(shown, t)) ? 1 : 0;
            singles += stretches > 2 && stretches == shown.Length ? 1 : 0;
        }
        Assert.InRange(whole / Draws, 0.22, 0.28);
        Assert.InRange(gaps / Draws, 0.22, 0.28);
        Assert.InRange(singles / Draws, 0.39, 0.49);

        // what is around a gap reaches to an end of the sequence
        static bool Reaches(int[] shown, int t) =>
            Enumerable.Range(0, t).All(shown.Contains) || Enumerable.Range(t, Frames - t).All(shown.Contains);
    }
}
