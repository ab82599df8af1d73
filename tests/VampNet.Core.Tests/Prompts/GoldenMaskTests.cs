using System.Globalization;
using System.Text.RegularExpressions;
using VampNet.Core.Prompts;
using VampNet.Core.Sampling;
using VampNet.Core.Tokens;
using VampNet.Testing;
using Xunit;

namespace VampNet.Core.Tests.Prompts;

/// <summary>Every mask of the reference. Arrays are (batch, codebooks, frames); all items of a batch are compared.</summary>
public class GoldenMaskTests
{
    private static readonly int[] OnsetFrames = [
        .. Regex.Match(Goldens.Note("mask_onset_w1"), @"\[([\d,]+)\]").Groups[1].Value.Split(',').Select(int.Parse)];

    public static TheoryData<string> PeriodicNames => [.. Goldens.Names("mask_periodic_p*_w*")];

    public static TheoryData<string> InpaintNames => [.. Goldens.Names("mask_inpaint_*")];

    public static TheoryData<string> OnsetNames => [.. Goldens.Names("mask_onset_w*")];

    public static TheoryData<string> StretchNames => [.. Goldens.Names("mask_time_stretch_*")];

    public static TheoryData<string> RandomNames =>
        [.. Goldens.Names("mask_random_rand_r*"), .. Goldens.Names("mask_linear_random_rand_r*")];

    public static TheoryData<string> DropoutNames => [.. Goldens.Names("mask_dropout_rand_p*_idx").Select(n => n[..^"_idx".Length])];

    public static TheoryData<string> BuildNames => [.. Goldens.Names("mask_build_*_dropout").Select(n => n[..^"_dropout".Length])];

    public static TheoryData<string> BeatNames => [.. Goldens.Names("mask_beat_*")];

    [Fact]
    public void Full_and_empty_masks_are_those_of_the_reference()
    {
        AssertMask("mask_full", Masks.Full);
        AssertMask("mask_empty", Masks.Empty);
        AssertMask("mask_full", (c, t) => new Prompt.None().ToMask(new PromptScene(c, t, FrameRate.VampNet)));
        AssertMask("mask_empty", (c, t) => new Prompt.All().ToMask(new PromptScene(c, t, FrameRate.VampNet)));
    }

    [Theory, MemberData(nameof(PeriodicNames))]
    public void Periodic_masks_are_those_of_the_reference(string name)
    {
        var numbers = Numbers(name);
        AssertMask(name, (c, t) => Masks.Periodic(c, t, numbers[0], numbers[1]));
        AssertMask(name, (c, t) => new Prompt.Periodic(numbers[0], numbers[1]).ToMask(new PromptScene(c, t, FrameRate.VampNet)));
    }

    [Fact]
    public void Periodic_with_the_references_random_roll()
    {
        var offset = (int)Goldens.Array("mask_periodic_roll_rand_offset").Longs[0];
        var period = (int)(Goldens.Argument("mask_periodic_roll_rand", "period") ?? 7);
        AssertMask("mask_periodic_roll_rand", (c, t) => Masks.Periodic(c, t, period).Roll(offset));
    }

    [Theory, MemberData(nameof(InpaintNames))]
    public void Inpaint_masks_are_those_of_the_reference(string name)
    {
        var numbers = Numbers(name);
        AssertMask(name, (c, t) => Masks.Inpaint(c, t, numbers[0], numbers[1]));
    }

    [Fact]
    public void Codebooks_are_hidden_and_shown_as_in_the_reference()
    {
        foreach (var name in Goldens.Names("mask_codebook_mask_*"))
            AssertMask(name, (c, t) => Masks.Periodic(c, t, 7).HideCodebooks(Numbers(name)[0]));
        foreach (var name in Goldens.Names("mask_codebook_unmask_*"))
            AssertMask(name, (c, t) => Masks.Full(c, t).ShowCodebooks(Numbers(name)[0]));
    }

    [Fact]
    public void Masks_combine_as_in_the_reference()
    {
        AssertMask("mask_and", (c, t) => Masks.Periodic(c, t, 7).And(Masks.Inpaint(c, t, 5, 9)));
        AssertMask("mask_or", (c, t) => Masks.Periodic(c, t, 7).Or(Masks.Periodic(c, t, 5)));
    }

    [Theory, MemberData(nameof(StretchNames))]
    public void Time_stretch_masks_of_the_reference_are_periodic_ones(string name) =>
        AssertMask(name, (c, t) => Masks.Periodic(c, t, Numbers(name)[0]));

    [Theory, MemberData(nameof(OnsetNames))]
    public void Onset_masks_are_those_of_the_reference(string name) =>
        AssertMask(name, (c, t) => Masks.Onsets(c, t, OnsetFrames, Numbers(name)[0], SamplingMode.Upstream));

    /// <summary>Chance cannot be replayed; the share of hidden tokens can: within 4.5 standard deviations.</summary>
    [Theory, MemberData(nameof(RandomNames))]
    public void Random_masks_hide_as_many_as_the_reference(string name)
    {
        var golden = Goldens.Array(name);
        var r = double.Parse(name[(name.LastIndexOf('r') + 1)..], CultureInfo.InvariantCulture);
        var probability = name.Contains("linear", StringComparison.Ordinal) ? r : MaskSchedule.Gamma(r);
        var uniform = new float[golden.Count];
        new CounterRandom(1).Uniform(RandomPurpose.PromptMask, 0, 0, uniform);
        var ours = Masks.Random(golden.Count, 1, probability, uniform).Hidden.Count(true);
        var margin = 4.5 * Math.Sqrt(golden.Count * probability * (1 - probability)) + 1e-4;
        Assert.Equal(golden.Count * probability, golden.Flags.Count(f => f), margin);
        Assert.Equal(golden.Count * probability, ours, margin);
    }

    [Theory, MemberData(nameof(DropoutNames))]
    public void Dropout_masks_hide_as_many_as_the_reference(string name)
    {
        var frames = Goldens.Array(name + "_idx").Longs.Select(f => (int)f).ToArray();
        var p = double.Parse(name[(name.LastIndexOf('p') + 1)..], CultureInfo.InvariantCulture);
        Assert.Equal((int)(Goldens.Array(name).Shape[2] * p), frames.Length);
        AssertMask(name, (c, t) => Masks.Periodic(c, t, 7).HideFrames(frames));
    }

    [Fact]
    public void Hidden_tokens_become_MASK()
    {
        var golden = Goldens.Array("mask_apply");
        var (codebooks, frames) = (golden.Shape[1], golden.Shape[2]);
        for (var item = 0; item < golden.Shape[0]; item++)
        {
            var size = codebooks * frames;
            var tokens = new TokenGrid(codebooks, frames, [.. Enumerable.Range(item * size, size).Select(i => (ushort)(i % 1024))]);
            Assert.Equal(
                golden.Codes.AsSpan(item * size, size).ToArray(), Masks.Periodic(codebooks, frames, 7).Apply(tokens).Data.ToArray());
        }
    }

    /// <summary>The reference's default composition, with the masks that it drew by chance.</summary>
    [Theory, MemberData(nameof(BuildNames))]
    public void What_build_mask_makes_is_made_of_prompts(string name)
    {
        var (codebooks, frames) = (Goldens.Array(name).Shape[1], Goldens.Array(name).Shape[2]);
        var (random, periodic, dropped) = (Mask(name + "_linear_random"), Mask(name + "_periodic_mask"), Mask(name + "_dropout"));
        var inpaint = Masks.Inpaint(codebooks, frames, Frames("prefix_s"), Frames("suffix_s"));
        var (upper, shown) = ((int)(Goldens.Argument(name, "upper_codebook_mask") ?? 3), (int)(Goldens.Argument(name, "ncc") ?? 0));

        var (period, width) =
            ((int)(Goldens.Argument(name, "periodic_prompt") ?? 7), (int)(Goldens.Argument(name, "periodic_prompt_width") ?? 1));
        Assert.Contains(
            Enumerable.Range(0, Math.Max(1, period)),
            roll => Masks.Periodic(codebooks, frames, period, width).Roll(roll).Hidden.SequenceEqual(periodic.Hidden));
        var before = random.And(inpaint).And(periodic);
        var frameIsDropped = Enumerable.Range(0, frames).Where(t => Enumerable.Range(0, codebooks).All(c => dropped[c, t])).ToArray();
        Assert.Equal(dropped.Hidden.ToArray(), before.HideFrames(frameIsDropped).Hidden.ToArray());
        AssertMask(name, (_, _) => dropped.ShowCodebooks(shown).HideCodebooks(upper));

        // The same as one prompt: what the doc comment of Prompt promises.
        var prompt = new Prompt.AllOf(
            new Prompt.AnyOf(
                new Prompt.AllOf(
                    new Prompt.AnyOf(
                        new Prompt.Explicit(random), new Prompt.Inpaint(Seconds("prefix_s"), Seconds("suffix_s")),
                        new Prompt.Explicit(periodic)),
                    new Prompt.Explicit(Masks.Empty(codebooks, frames).HideFrames(frameIsDropped))),
                new Prompt.Compression(shown)),
            new Prompt.Compression(upper));
        AssertMask(name, (c, t) => prompt.ToMask(new PromptScene(c, t, FrameRate.VampNet)));

        double Seconds(string argument) => Goldens.Argument(name, argument) ?? 0;
        int Frames(string argument) => FrameRate.VampNet.ToFrames(Seconds(argument));
    }

    [Theory, MemberData(nameof(BeatNames))]
    public void Beat_masks_are_those_of_the_reference(string name)
    {
        var golden = Goldens.Array(name);
        var beats = new BeatTrack([0.5, 1, 1.5, 2, 2.5, 3], [0.5, 2.5], 120);
        var options = new BeatMask
        {
            Before = Goldens.Argument(name, "before_beat_s") ?? 0,
            After = Goldens.Argument(name, "after_beat_s") ?? 0.02,
            Upbeats = !Says("mask_upbeats"),
            Downbeats = !Says("mask_downbeats"),
            UpbeatEvery = (int)(Goldens.Argument(name, "beat_downsample_factor") ?? 1),
            Invert = !Says("invert"),
            Dropout = Goldens.Argument(name, "dropout") ?? 0,
        };
        // What fell out there falls out here: the reference's draws are what its own mask hides.
        var uniform = Array.ConvertAll(golden.Flags[..golden.Shape[2]], hidden => hidden ? 0.01f : 0.99f);
        AssertMask(name, (c, t) => options.Build(c, t, FrameRate.VampNet, beats, uniform));
        Assert.Equal(golden.Shape[2], FrameRate.VampNet.ToFrames(4));

        bool Says(string argument) => Regex.IsMatch(Goldens.Note(name), $"'{argument}': False");
    }

    [Fact]
    public void Seconds_become_frames_as_in_the_reference()
    {
        var table = Goldens.Array("itf_s2t").As<double>();
        for (var i = 0; i < table.Length; i += 2)
            Assert.Equal(table[i + 1], FrameRate.VampNet.ToFrames(table[i]));
    }

    /// <summary>The numbers at the end of a name: mask_periodic_p7_w3 has 7 and 3.</summary>
    private static int[] Numbers(string name) =>
        [.. Regex.Matches(name, @"_[pw]?(\d+)(?=_|$)").Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture))];

    private static TokenMask Mask(string name)
    {
        var golden = Goldens.Array(name);
        return new TokenMask(golden.Shape[1], golden.Shape[2], golden.Flags[..(golden.Shape[1] * golden.Shape[2])]);
    }

    private static void AssertMask(string name, Func<int, int, TokenMask> build)
    {
        var golden = Goldens.Array(name);
        var (size, ours) = (golden.Shape[1] * golden.Shape[2], build(golden.Shape[1], golden.Shape[2]).Hidden.ToArray());
        for (var item = 0; item < golden.Shape[0]; item++)
            Assert.Equal(golden.Flags.AsSpan(item * size, size).ToArray(), ours);
    }
}
