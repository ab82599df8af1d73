using FsCheck;
using FsCheck.Fluent;
using VampNet.Model.Beats;
using VampNet.Model.Prompts;
using VampNet.Model.Tokens;
using Xunit;

namespace VampNet.Model.Tests.Prompts;

public class PromptTests
{
    private const int Codebooks = 14;

    private const int Frames = 60;

    private static readonly BeatTrack Track = new([0.1, 0.4, 0.7, 1.0], [0.1, 0.7], 200);

    /// <summary>Prompts of every kind, combined up to three deep.</summary>
    private static readonly Arbitrary<Prompt> AnyPrompt = Prompts(3).ToArbitrary();

    [Fact]
    public void Combined_prompts_are_set_operations_on_what_they_show() => Prop.ForAll(AnyPrompt, AnyPrompt, (a, b) =>
    {
        var (x, y) = (Mask(a, 1), Mask(b, 1));
        return Same(Mask(new Prompt.Inverse(a), 1), x.Not())
            && (UsesChance(b) || Same(Mask(new Prompt.AllOf(a, b), 1), x.Or(y)))
            && (UsesChance(b) || Same(Mask(new Prompt.AnyOf(a, b), 1), x.And(y)))
            && Same(x.Or(y).Not(), x.Not().And(y.Not())); // De Morgan
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_same_seed_gives_the_same_mask_and_the_mask_has_the_shape_asked_for() => Prop.ForAll(
        AnyPrompt, ArbMap.Default.ArbFor<ulong>(), (prompt, seed) =>
        {
            var mask = Mask(prompt, seed);
            return mask.Codebooks == Codebooks && mask.Frames == Frames && Same(mask, Mask(prompt, seed));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Chance_alone_depends_on_the_seed()
    {
        var random = new Prompt.Random(0.5);
        Assert.False(Same(Mask(random, 1), Mask(random, 2)));
        var two = Mask(new Prompt.AnyOf(random, random), 1); // two draws: hidden in both
        Assert.InRange(two.HiddenCount, Codebooks * Frames * 0.18, Codebooks * Frames * 0.32);
        Assert.Equal(0, Mask(new Prompt.Random(0), 1).HiddenCount);
        Assert.Equal(Codebooks * Frames, Mask(new Prompt.Random(1), 1).HiddenCount);
    }

    [Fact]
    public void Periodic_prompts_show_every_nth_frame_from_their_offset() => Prop.ForAll(
        Gen.Choose(1, 80).ToArbitrary(), Gen.Choose(0, 80).ToArbitrary(), (period, offset) =>
        {
            var mask = Mask(new Prompt.Periodic(period, 1, offset), 0);
            return Enumerable.Range(0, Frames).All(t => mask[3, t] == !(t >= offset && (t - offset) % period == 0));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_extremes()
    {
        Assert.Equal(0, Mask(new Prompt.Periodic(1), 0).HiddenCount);
        Assert.Equal(Codebooks * Frames, Mask(new Prompt.Periodic(0), 0).HiddenCount);
        Assert.Equal(Codebooks * Frames, Mask(new Prompt.None(), 0).HiddenCount);
        Assert.Equal(0, Mask(new Prompt.Compression(14), 0).HiddenCount);
        Assert.Equal(10 * Frames, Mask(new Prompt.Compression(4), 0).HiddenCount);
        Assert.Equal(0, Mask(new Prompt.Inpaint(1e9, 0), 0).HiddenCount);
        Assert.Equal(Codebooks * (Frames - 6), Mask(new Prompt.Inpaint(0.05, 0.05), 0).HiddenCount); // ceil(2.87) frames at either end
        Assert.Equal(0, Mask(new Prompt.Periodic(7, int.MaxValue), 0).HiddenCount);
        Assert.Equal(0, new Prompt.Periodic(7).ToMask(Codebooks, 0, FrameRate.VampNet, null, 0).HiddenCount);
    }

    [Fact]
    public void Beat_prompts_show_the_frames_around_their_beats()
    {
        Assert.Equal([6, 7, 23, 24, 41, 42, 58, 59], Visible(new Prompt.Beats()));
        Assert.Equal([6, 7, 41, 42], Visible(new Prompt.Beats(DownbeatsOnly: true)));
        Assert.Equal([6, 7, 41, 42], Visible(new Prompt.Beats(Every: 2)));
        Assert.Equal([3, 4, 5, 6, 20, 21, 22, 23, 38, 39, 40, 41, 55, 56, 57, 58], Visible(new Prompt.Beats(0.04, 0.01))); // 3 before, 1 after
        Assert.Equal([.. Enumerable.Range(0, 7)], Visible(new Prompt.Beats(10, 0.01, Every: 4))); // clipped at the start
        Assert.True(new Prompt.AllOf(new Prompt.None(), new Prompt.Inverse(new Prompt.Beats())).NeedsBeats);
        Assert.False(new Prompt.AllOf(new Prompt.None(), new Prompt.Periodic(7)).NeedsBeats);
        Assert.Throws<ArgumentNullException>("beats", () => new Prompt.Beats().ToMask(Codebooks, Frames, FrameRate.VampNet, null, 0));
    }

    public static TheoryData<Prompt, string> BadPrompts => new()
    {
        { new Prompt.Periodic(-1), "periodic.period" },
        { new Prompt.Periodic(7, 0), "periodic.width" },
        { new Prompt.Periodic(7, 1, -1), "periodic.offset" },
        { new Prompt.Inpaint(-0.1, 0), "inpaint.prefix_seconds" },
        { new Prompt.Inpaint(0, double.NaN), "inpaint.suffix_seconds" },
        { new Prompt.Inpaint(double.PositiveInfinity, 0), "inpaint.prefix_seconds" },
        { new Prompt.Compression(15), "compression.codebooks" },
        { new Prompt.Compression(-1), "compression.codebooks" },
        { new Prompt.Random(1.01), "random.intensity" },
        { new Prompt.Random(double.NaN), "random.intensity" },
        { new Prompt.Beats(-1, 0), "beats.before_seconds" },
        { new Prompt.Beats(0, double.NaN), "beats.after_seconds" },
        { new Prompt.Beats(Every: 0), "beats.every" },
        { new Prompt.AllOf(), "all_of.prompts" },
        { new Prompt.AnyOf(), "any_of.prompts" },
        { new Prompt.AllOf(new Prompt.None(), new Prompt.Inverse(new Prompt.AnyOf(new Prompt.Periodic(-7)))), "all_of.prompts[1].not.any_of.prompts[0].periodic.period" },
        { new Prompt.AllOf(new Prompt.None(), null!), "all_of.prompts[1]" },
        { new Prompt.Explicit(Masks.Full(4, Frames)), "mask.codebooks" },
        { Enumerable.Range(0, 40).Aggregate((Prompt)new Prompt.None(), (p, _) => new Prompt.Inverse(p)), string.Join('.', Enumerable.Repeat("not", 17)) },
        { new Prompt.AnyOf([.. Enumerable.Repeat(new Prompt.None(), 300)]), "any_of.prompts[255].none" },
    };

    [Theory, MemberData(nameof(BadPrompts))]
    public void Bad_fields_are_named_by_their_path(Prompt prompt, string path)
    {
        Assert.Throws<ArgumentException>(path, () => prompt.Validate(Codebooks));
        Assert.Throws<ArgumentException>(path, () => Mask(prompt, 0));
    }

    [Fact]
    public void An_explicit_mask_must_have_the_shape_of_the_tokens()
    {
        var explicitMask = new Prompt.Explicit(Masks.Periodic(Codebooks, Frames, 3));
        Assert.True(Same(explicitMask.Mask, Mask(explicitMask, 0)));
        Assert.Throws<ArgumentException>("mask.frames", () => explicitMask.ToMask(Codebooks, Frames + 1, FrameRate.VampNet, null, 0));
        Assert.Throws<ArgumentException>("other", () => Masks.Full(2, 3).And(Masks.Full(3, 2)));
    }

    private static TokenMask Mask(Prompt prompt, ulong seed) => prompt.ToMask(Codebooks, Frames, FrameRate.VampNet, Track, seed);

    private static int[] Visible(Prompt prompt)
    {
        var mask = Mask(prompt, 0);
        return [.. Enumerable.Range(0, Frames).Where(t => !mask[0, t])];
    }

    private static bool Same(TokenMask a, TokenMask b) => a.Hidden.SequenceEqual(b.Hidden);

    private static bool UsesChance(Prompt prompt) => prompt.ToString().Contains(nameof(Prompt.Random), StringComparison.Ordinal)
        || !Same(Mask(prompt, 1), Mask(prompt, 2)) || !Same(Mask(prompt, 1), Mask(prompt, 3));

    private static Gen<Prompt> Prompts(int depth)
    {
        var leaves = new List<Gen<Prompt>>
        {
            Gen.Constant<Prompt>(new Prompt.None()),
            Gen.Choose(0, 20).Select(p => (Prompt)new Prompt.Periodic(p, 1 + p % 4, p / 2)),
            Gen.Choose(0, 100).Select(s => (Prompt)new Prompt.Inpaint(s / 100.0, s / 300.0)),
            Gen.Choose(0, Codebooks).Select(c => (Prompt)new Prompt.Compression(c)),
            Gen.Choose(0, 100).Select(i => (Prompt)new Prompt.Random(i / 100.0)),
            Gen.Choose(1, 3).Select(n => (Prompt)new Prompt.Beats(0.01 * n, 0.02, n == 2, n)),
            Gen.Choose(1, 9).Select(p => (Prompt)new Prompt.Explicit(Masks.Periodic(Codebooks, Frames, p))),
        };
        if (depth == 0)
            return Gen.OneOf(leaves);
        var inner = Prompts(depth - 1);
        leaves.Add(inner.Select(p => (Prompt)new Prompt.Inverse(p)));
        leaves.Add(inner.Two().Select(p => (Prompt)new Prompt.AllOf(p.Item1, p.Item2)));
        leaves.Add(inner.Two().Select(p => (Prompt)new Prompt.AnyOf(p.Item1, p.Item2)));
        return Gen.OneOf(leaves);
    }
}
