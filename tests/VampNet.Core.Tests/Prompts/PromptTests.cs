using FsCheck;
using FsCheck.Fluent;
using VampNet.Core.Prompts;
using VampNet.Core.Tokens;
using Xunit;

namespace VampNet.Core.Tests.Prompts;

public class PromptTests
{
    private const int Codebooks = 14;

    private const int Frames = 60;

    private static readonly Rhythm Rhythm = new(new BeatTrack([0.1, 0.4, 0.7, 1.0], [0.1, 0.7], 200), [0, 0.25, 0.9]);

    /// <summary>Prompts of every kind, combined up to three deep.</summary>
    private static readonly Arbitrary<Prompt> AnyPrompt = Prompts(3).ToArbitrary();

    [Fact]
    public void Combined_prompts_are_set_operations_on_what_they_show() => Prop.ForAll(AnyPrompt, AnyPrompt, (a, b) =>
    {
        var (x, y) = (Mask(a, 1), Mask(b, 1));
        return Same(Mask(new Prompt.Inverse(a), 1), x.Not())
            && Same(Mask(new Prompt.Inverse(new Prompt.Inverse(a)), 1), x)
            && Same(Mask(new Prompt.AllOf(a, new Prompt.All()), 1), x)
            && Same(Mask(new Prompt.AnyOf(a, new Prompt.None()), 1), x)
            && (UsesChance(b) || Same(Mask(new Prompt.AllOf(a, b), 1), x.Or(y)))
            && (UsesChance(b) || Same(Mask(new Prompt.AnyOf(a, b), 1), x.And(y)))
            && (UsesChance(a) || Same(Mask(new Prompt.AllOf(a, a), 1), Mask(new Prompt.AnyOf(a, a), 1)));
    }).QuickCheckThrowOnFailure();

    /// <summary>Both sides draw in the same order, so that chance is the same too.</summary>
    [Fact]
    public void The_laws_of_De_Morgan_hold() => Prop.ForAll(AnyPrompt, AnyPrompt, (a, b) =>
        Same(Mask(new Prompt.Inverse(new Prompt.AllOf(a, b)), 1), Mask(new Prompt.AnyOf(new Prompt.Inverse(a), new Prompt.Inverse(b)), 1))
        && Same(
            Mask(new Prompt.Inverse(new Prompt.AnyOf(a, b)), 1), Mask(new Prompt.AllOf(new Prompt.Inverse(a), new Prompt.Inverse(b)), 1)))
        .QuickCheckThrowOnFailure();

    /// <summary>Prompts whose masks do not look at the end: a suffix counts from it, a width may reach back from beyond it.</summary>
    [Fact]
    public void A_longer_track_has_the_same_mask_where_both_are() => Prop.ForAll(
        Prompts(3, looksAtTheEnd: false).ToArbitrary(), Gen.Choose(0, Frames).ToArbitrary(), ArbMap.Default.ArbFor<ulong>(),
        (prompt, shorter, seed) =>
        {
            var (full, part) = (Mask(prompt, seed), prompt.ToMask(new PromptScene(Codebooks, shorter, FrameRate.VampNet, seed, Rhythm)));
            return Enumerable.Range(0, Codebooks).All(c => Enumerable.Range(0, shorter).All(t => full[c, t] == part[c, t]));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Figures_agree_with_the_mask() => Prop.ForAll(AnyPrompt, prompt =>
    {
        var mask = Mask(prompt, 1);
        var figures = MaskFigures.Of(mask, FrameRate.VampNet);
        var kept = Enumerable.Range(0, Frames).Count(t => Enumerable.Range(0, Codebooks).Any(c => !mask[c, t]));
        return figures.Frames == Frames && figures.TotalTokens == Codebooks * Frames && figures.KeptFrames == kept
            && figures.VisibleTokens == mask.Hidden.Count(false)
            && Math.Abs(figures.BitsPerSecond - figures.VisibleTokens * Math.Log2(1024) * 44_100 / (768.0 * Frames)) < 1e-9;
    }).QuickCheckThrowOnFailure();

    /// <summary>Paper 3.4: B / P · Nk / N, with B = 14 codebooks · 10 bit · 57.4 frames a second.</summary>
    [Theory]
    [InlineData(1, 14)]
    [InlineData(1, 1)]
    [InlineData(2, 4)]
    [InlineData(8, 1)]
    [InlineData(32, 3)]
    public void The_bitrate_is_that_of_the_paper(int period, int kept)
    {
        var mask = new Prompt.AllOf(new Prompt.Periodic(period), new Prompt.Compression(kept))
            .ToMask(new PromptScene(Codebooks, 320, FrameRate.VampNet));
        var codec = 14 * 10 * FrameRate.VampNet.FramesPerSecond;
        Assert.Equal(codec / period * kept / 14, MaskFigures.Of(mask, FrameRate.VampNet).BitsPerSecond, 1e-9);
        Assert.Equal(0, MaskFigures.Of(Masks.Full(1, 0), FrameRate.VampNet).BitsPerSecond);
    }

    [Fact]
    public void A_bitrate_is_used_up_but_never_exceeded() => Prop.ForAll(
        Gen.Choose(1, 1_000_000).ToArbitrary(), centi =>
        {
            var (bitrate, codebook) = (centi / 100.0, 10 * FrameRate.VampNet.FramesPerSecond);
            var mask = new Prompt.Bitrate(bitrate).ToMask(new PromptScene(Codebooks, 40_000, FrameRate.VampNet));
            var had = MaskFigures.Of(mask, FrameRate.VampNet).BitsPerSecond;
            // The first frame is always kept, hence the token more; 14 codebooks are all that there is.
            var token = 10 / FrameRate.VampNet.ToSeconds(40_000);
            var least = bitrate >= codebook ? Math.Min(14 * codebook, bitrate - codebook) : bitrate / 2;
            return had <= bitrate + token && had >= Math.Min(least, 14 * codebook) - 1e-6;
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
    public void Extreme_fields_show_everything_or_nothing()
    {
        Assert.Equal(0, Mask(new Prompt.Periodic(1), 0).HiddenCount);
        Assert.Equal(Codebooks * Frames, Mask(new Prompt.Periodic(0), 0).HiddenCount);
        Assert.Equal(Codebooks * Frames, Mask(new Prompt.None(), 0).HiddenCount);
        Assert.Equal(0, Mask(new Prompt.Compression(14), 0).HiddenCount);
        Assert.Equal(10 * Frames, Mask(new Prompt.Compression(4), 0).HiddenCount);
        Assert.Equal(0, Mask(new Prompt.Inpaint(1e9, 0), 0).HiddenCount);
        Assert.Equal(Codebooks * (Frames - 6), Mask(new Prompt.Inpaint(0.05, 0.05), 0).HiddenCount); // ceil(2.87) frames at either end
        Assert.Equal(0, Mask(new Prompt.Periodic(7, int.MaxValue), 0).HiddenCount);
        Assert.Equal(0, new Prompt.Periodic(7).ToMask(new PromptScene(Codebooks, 0, FrameRate.VampNet)).HiddenCount);
    }

    [Fact]
    public void Rolled_patterns_start_anywhere_within_a_period_as_the_seed_says()
    {
        var starts = Enumerable.Range(0, 200).Select(seed => Visible(new Prompt.Periodic(7, Roll: true), (ulong)seed)).ToArray();
        Assert.All(
            starts, frames => Assert.Equal(
                [.. Enumerable.Range(0, Frames).Where(t => t >= frames[0] && (t - frames[0]) % 7 == 0)], frames));
        Assert.Equal(Enumerable.Range(0, 7), starts.Select(frames => frames[0]).Distinct().Order());
        Assert.All(
            Enumerable.Range(0, 50),
            seed => Assert.InRange(Visible(new Prompt.Periodic(7, Offset: 20, Roll: true), (ulong)seed)[0], 20, 26));
        Assert.Equal(Codebooks * Frames, Mask(new Prompt.Periodic(0, Roll: true), 1).HiddenCount);
        Assert.Equal(0, Mask(new Prompt.Periodic(1, Roll: true), 1).HiddenCount);
    }

    [Fact]
    public void Dropout_hides_whole_frames()
    {
        var mask = new Prompt.Dropout(0.25).ToMask(new PromptScene(Codebooks, 4_000, FrameRate.VampNet, 3));
        Assert.All(Enumerable.Range(0, 4_000), t => Assert.All(Enumerable.Range(1, 13), c => Assert.Equal(mask[0, t], mask[c, t])));
        Assert.InRange(mask.HiddenCount / (4_000.0 * Codebooks), 0.22, 0.28); // 4.4 standard deviations
        Assert.Equal(0, Mask(new Prompt.Dropout(0), 1).HiddenCount);
        Assert.Equal(Codebooks * Frames, Mask(new Prompt.Dropout(1), 1).HiddenCount);
    }

    [Fact]
    public void Regions_show_every_frame_that_they_touch()
    {
        Assert.Equal(
            [.. Enumerable.Range(0, 6), .. Enumerable.Range(28, 7)], Visible(new Prompt.Regions(new Region(0, 0.1), new Region(0.5, 0.6))));
        Assert.True(Same(Mask(new Prompt.Inpaint(0.4, 0), 0), Mask(new Prompt.Regions(new Region(0, 0.4)), 0)));
        Assert.Equal([59], Visible(new Prompt.Regions(new Region(59.0 * 768 / 44_100 + 0.001, 1e12))));
        Assert.Equal([], Visible(new Prompt.Regions(new Region(60, 61))));
    }

    [Fact]
    public void Onset_prompts_show_the_frames_around_their_onsets()
    {
        Assert.Equal([0, 13, 14, 50, 51], Visible(new Prompt.Onsets(1)));
        Assert.Equal([0, 1, 12, 13, 14, 15, 49, 50, 51, 52], Visible(new Prompt.Onsets(2)));
        Assert.Throws<ArgumentException>("scene", () => new Prompt.Onsets(1).ToMask(new PromptScene(Codebooks, Frames, FrameRate.VampNet)));
    }

    [Fact]
    public void Prompts_say_what_they_need_of_the_audio()
    {
        Assert.Equal(PromptNeeds.Beats, new Prompt.AllOf(new Prompt.None(), new Prompt.Inverse(new Prompt.Beats())).Needs);
        Assert.Equal(PromptNeeds.Beats | PromptNeeds.Onsets, new Prompt.AnyOf(new Prompt.Onsets(1), new Prompt.Beats()).Needs);
        Assert.Equal(PromptNeeds.Nothing, new Prompt.AllOf(new Prompt.None(), new Prompt.Periodic(7)).Needs);
    }

    [Fact]
    public void Beat_prompts_show_the_frames_around_their_beats()
    {
        Assert.Equal([6, 7, 23, 24, 41, 42, 58, 59], Visible(new Prompt.Beats()));
        Assert.Equal([6, 7, 41, 42], Visible(new Prompt.Beats(DownbeatsOnly: true)));
        Assert.Equal([6, 7, 41, 42], Visible(new Prompt.Beats(Every: 2)));
        Assert.Equal([23, 24, 58, 59], Visible(new Prompt.Beats(UpbeatsOnly: true)));
        Assert.Equal([23, 24, 58, 59], Visible(new Prompt.Beats(Every: 2, Offset: 1)));
        Assert.Equal([58, 59], Visible(new Prompt.Beats(UpbeatsOnly: true, Offset: 1)));
        Assert.Equal([], Visible(new Prompt.Beats(Offset: 4)));
        // 3 before, 1 after
        Assert.Equal([3, 4, 5, 6, 20, 21, 22, 23, 38, 39, 40, 41, 55, 56, 57, 58], Visible(new Prompt.Beats(0.04, 0.01)));
        Assert.Equal([.. Enumerable.Range(0, 7)], Visible(new Prompt.Beats(10, 0.01, Every: 4))); // clipped at the start
        Assert.Throws<ArgumentException>("scene", () => new Prompt.Beats().ToMask(new PromptScene(Codebooks, Frames, FrameRate.VampNet)));
    }

    /// <summary>The reference's make_beat_mask says this with two factors and two switches.</summary>
    [Fact]
    public void Downbeats_and_upbeats_together_are_the_mask_of_the_reference()
    {
        var prompt = new Prompt.AnyOf(
            new Prompt.Beats(0.01, 0.03, DownbeatsOnly: true), new Prompt.Beats(0.01, 0.03, Every: 2, UpbeatsOnly: true));
        var mask = new BeatMask { Before = 0.01, After = 0.03, UpbeatEvery = 2 }.Build(Codebooks, Frames, FrameRate.VampNet, Rhythm.Beats);
        Assert.True(Same(mask, Mask(prompt, 0)));
    }

    /// <summary>As the reference does it: each frame becomes itself and frames that are hidden.</summary>
    [Fact]
    public void A_stretched_mask_shows_the_first_frame_of_each_that_was_shown() => Prop.ForAll(
        AnyPrompt, Gen.Choose(1, 5).ToArbitrary(), Gen.Choose(0, 4).ToArbitrary(), (prompt, factor, cut) =>
        {
            var mask = Mask(prompt, 1);
            var stretched = mask.StretchFrames(factor, Frames * factor - Math.Min(cut, factor - 1));
            return Enumerable.Range(0, stretched.Frames).All(t => stretched[3, t] == (t % factor != 0 || mask[3, t / factor]));
        }).QuickCheckThrowOnFailure();

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
        { new Prompt.Beats(UpbeatsOnly: true, DownbeatsOnly: true), "beats.upbeats_only" },
        { new Prompt.Beats(Offset: -1), "beats.offset" },
        { new Prompt.Onsets(0), "onsets.width" },
        { new Prompt.Dropout(-0.1), "dropout.probability" },
        { new Prompt.Dropout(double.NaN), "dropout.probability" },
        { new Prompt.Bitrate(0), "bitrate.bits_per_second" },
        { new Prompt.Bitrate(double.PositiveInfinity), "bitrate.bits_per_second" },
        { new Prompt.Regions(), "regions.regions" },
        { new Prompt.Regions([.. Enumerable.Repeat(new Region(0, 1), 1_025)]), "regions.regions" },
        { new Prompt.Regions(new Region(0, 1), new Region(-1, 1)), "regions.regions[1].from_seconds" },
        { new Prompt.Regions(new Region(1, 1)), "regions.regions[0].to_seconds" },
        { new Prompt.Regions(new Region(1, double.NaN)), "regions.regions[0].to_seconds" },
        { new Prompt.AllOf(), "all_of.prompts" },
        { new Prompt.AnyOf(), "any_of.prompts" },
        { new Prompt.AllOf(new Prompt.None(), new Prompt.Inverse(new Prompt.AnyOf(new Prompt.Periodic(-7)))),
        "all_of.prompts[1].not.any_of.prompts[0].periodic.period" },
        { new Prompt.AllOf(new Prompt.None(), null!), "all_of.prompts[1]" },
        { new Prompt.Explicit(Masks.Full(4, Frames)), "mask.codebooks" },
        { Enumerable.Range(0, 40).Aggregate((Prompt)new Prompt.None(), (p, _) => new Prompt.Inverse(p)),
        string.Join('.', Enumerable.Repeat("not", 17)) },
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
        Assert.Throws<ArgumentException>(
            "mask.frames", () => explicitMask.ToMask(new PromptScene(Codebooks, Frames + 1, FrameRate.VampNet)));
        Assert.Throws<ArgumentException>("other", () => Masks.Full(2, 3).And(Masks.Full(3, 2)));
    }

    private static TokenMask Mask(Prompt prompt, ulong seed) =>
        prompt.ToMask(new PromptScene(Codebooks, Frames, FrameRate.VampNet, seed, Rhythm));

    private static int[] Visible(Prompt prompt, ulong seed = 0)
    {
        var mask = Mask(prompt, seed);
        return [.. Enumerable.Range(0, Frames).Where(t => !mask[0, t])];
    }

    private static bool Same(TokenMask a, TokenMask b) => a.Hidden.SequenceEqual(b.Hidden);

    private static bool UsesChance(Prompt prompt) => prompt switch
    {
        Prompt.Random or Prompt.Dropout or Prompt.Periodic { Roll: true } => true,
        Prompt.AllOf all => all.Prompts.Any(UsesChance),
        Prompt.AnyOf any => any.Prompts.Any(UsesChance),
        Prompt.Inverse not => UsesChance(not.Of),
        _ => false,
    };

    private static Gen<Prompt> Prompts(int depth, bool looksAtTheEnd = true)
    {
        var leaves = new List<Gen<Prompt>>
        {
            Gen.Elements<Prompt>(new Prompt.None(), new Prompt.All()),
            Gen.Choose(0, 20).Select(p => (Prompt)new Prompt.Periodic(p, looksAtTheEnd ? 1 + p % 4 : 1, p / 2, p % 3 == 0)),
            Gen.Choose(0, 100).Select(s => (Prompt)new Prompt.Inpaint(s / 100.0, looksAtTheEnd ? s / 300.0 : 0)),
            Gen.Choose(0, 100).Select(s => (Prompt)new Prompt.Regions(new Region(s / 100.0, s / 70.0 + 0.01), new Region(0.5, 0.6))),
            Gen.Choose(0, Codebooks).Select(c => (Prompt)new Prompt.Compression(c)),
            Gen.Choose(1, 9_000).Select(b => (Prompt)new Prompt.Bitrate(b)),
            Gen.Choose(0, 100).Select(i => (Prompt)new Prompt.Random(i / 100.0)),
            Gen.Choose(0, 100).Select(p => (Prompt)new Prompt.Dropout(p / 100.0)),
            Gen.Choose(1, 4).Select(n => (Prompt)new Prompt.Beats(0.01 * n, 0.02, n == 2, n, n > 2, n / 2)),
            Gen.Choose(1, 5).Select(w => (Prompt)new Prompt.Onsets(w)),
        };
        if (looksAtTheEnd)
            leaves.Add(Gen.Choose(1, 9).Select(p => (Prompt)new Prompt.Explicit(Masks.Periodic(Codebooks, Frames, p))));
        if (depth == 0)
            return Gen.OneOf(leaves);
        var inner = Prompts(depth - 1, looksAtTheEnd);
        leaves.Add(inner.Select(p => (Prompt)new Prompt.Inverse(p)));
        leaves.Add(inner.Two().Select(p => (Prompt)new Prompt.AllOf(p.Item1, p.Item2)));
        leaves.Add(inner.Two().Select(p => (Prompt)new Prompt.AnyOf(p.Item1, p.Item2)));
        return Gen.OneOf(leaves);
    }
}
