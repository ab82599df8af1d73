using FsCheck;
using FsCheck.Fluent;
using VampNet.Core.Tokens;
using Xunit;

namespace VampNet.Core.Tests.Tokens;

public class WindowPlanTests
{
    /// <summary>Runs of hidden and visible frames, from dense to sparse.</summary>
    private static readonly Arbitrary<bool[]> Prompts = Gen.Choose(1, 40)
        .SelectMany(longest => Gen.Choose(1, longest).ListOf())
        .Select(runs => runs.SelectMany((run, i) => Enumerable.Repeat(i % 2 == 0, run)).ToArray())
        .ToArbitrary();

    private static readonly Arbitrary<int> Lengths = Gen.Choose(1, 60).ToArbitrary();

    [Fact]
    public void Every_hidden_frame_is_generated_once_and_in_order() => Prop.ForAll(Prompts, Lengths, (hidden, length) =>
    {
        var owners = new int[hidden.Length];
        foreach (var window in WindowPlan.Create(hidden, length))
        {
            for (var t = window.OwnFrom; t < window.OwnTo; t++)
                owners[t]++;
        }
        var plan = WindowPlan.Create(hidden, length);
        return hidden.Select((h, t) => h ? owners[t] == 1 : owners[t] <= 1).All(holds => holds)
            && plan.Zip(plan.Skip(1)).All(pair => pair.First.OwnTo <= pair.Second.OwnFrom);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_window_fits_the_model_and_hides_nothing_but_its_own() => Prop.ForAll(Prompts, Lengths, (hidden, length) =>
        WindowPlan.Create(hidden, length).All(w =>
            w.Length <= length && w.Start >= 0 && w.Start + w.Length <= hidden.Length && w.Start <= w.OwnFrom
                && w.OwnTo <= w.Start + w.Length
            && !hidden.AsSpan(w.OwnTo, w.Start + w.Length - w.OwnTo).Contains(true))).QuickCheckThrowOnFailure();

    [Fact]
    public void A_window_sees_context_before_it_and_waits_only_for_what_it_sees() => Prop.ForAll(Prompts, Lengths, (hidden, length) =>
        WindowPlan.Create(hidden, length).All(w =>
            w.Context >= Math.Min(length / 5, w.OwnFrom) && w.NeedsEarlier == hidden.AsSpan(w.Start, w.Context).Contains(true)))
                .QuickCheckThrowOnFailure();

    [Fact]
    public void Music_that_fits_is_one_window() => Prop.ForAll(Prompts, hidden =>
        WindowPlan.Create(hidden, Math.Max(1, hidden.Length)) is var plan
        && plan.Count <= 1 && plan.All(w => w.Start == 0 && w.Length == hidden.Length)).QuickCheckThrowOnFailure();

    [Fact]
    public void A_gap_lies_in_the_middle_of_its_window()
    {
        var hidden = new bool[1_000];
        hidden.AsSpan(500, 40).Fill(true);
        Assert.Equal([new Window(470, 100, 500, 540, false)], WindowPlan.Create(hidden, 100));
    }

    [Fact]
    public void Gaps_with_visible_music_between_wait_for_nobody()
    {
        var hidden = new bool[1_000];
        hidden.AsSpan(100, 50).Fill(true);
        hidden.AsSpan(300, 50).Fill(true);
        hidden.AsSpan(380, 20).Fill(true);
        var plan = WindowPlan.Create(hidden, 100);
        Assert.Equal([false, false, false], plan.Select(w => w.NeedsEarlier));
        Assert.Equal(350, plan[2].Start);
    }

    [Fact]
    public void All_hidden_goes_on_from_window_to_window() =>
        Assert.Equal(
            [new Window(0, 100, 0, 100, false), new Window(80, 100, 100, 180, true), new Window(150, 100, 180, 250, true)],
            WindowPlan.Create(Enumerable.Repeat(true, 250).ToArray(), 100));
}
