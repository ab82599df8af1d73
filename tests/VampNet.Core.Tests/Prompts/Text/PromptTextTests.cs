using FsCheck;
using FsCheck.Fluent;
using VampNet.Core.Prompts;
using VampNet.Core.Prompts.Text;
using VampNet.Core.Tokens;
using Xunit;

namespace VampNet.Core.Tests.Prompts.Text;

public class PromptTextTests
{
    [Fact]
    public void What_is_written_is_read_as_the_same_prompt() => Prop.ForAll(Prompts(4).ToArbitrary(), prompt =>
    {
        var text = PromptText.Format(prompt);
        var read = PromptText.Parse(text);
        return (Same(prompt, read) && PromptText.Format(read) == text).Label(text);
    }).QuickCheckThrowOnFailure();

    /// <summary>A text is a prompt, or says where it is none.</summary>
    [Fact]
    public void Any_text_is_a_prompt_or_an_error_with_a_column_in_it()
    {
        var words = Gen.Elements("every", "7", "beats", "before", "=", "(", ")", "&", "|", "!", "2.5", "3f", "region", "..", ",", "-",
            "--roll", "-P7", "preset", "loop", "rolll", "0.1s", "codebooks", "é", "1e400", "99999999999");
        Prop.ForAll(words.ArrayOf().Select(parts => string.Join(' ', parts)).ToArbitrary(), text =>
        {
            try
            {
                return Same(PromptText.Parse(text), PromptText.Parse(PromptText.Format(PromptText.Parse(text))));
            }
            catch (PromptTextException error)
            {
                return error.Column >= 1 && error.Column <= text.Length + 1;
            }
        }).QuickCheckThrowOnFailure();
    }

    public static TheoryData<string, string> Texts => new()
    {
        { "every 7", "every 7" },
        { "  every   7 width=2 offset=1 roll ", "every 7 width=2 offset=1 roll" },
        { "every 7 roll width 2", "every 7 width=2 roll" },
        { "every=7", "every 7" },
        { "every 0.5s width=40ms", "every 29 width=2" },
        { "(beats | every 16) & codebooks 2", "(beats after=0.1 | every 16) & codebooks 2" },
        { "beats | every 16 & codebooks 2", "beats after=0.1 | every 16 & codebooks 2" },
        { "((every 7))", "every 7" },
        { "every 7 and not beats or all", "every 7 & !beats after=0.1 | all" },
        { "every 7 && !(none || all)", "every 7 & !(none | all)" },
        { "(every 7 & all) & none", "(every 7 & all) & none" },
        { "!!all", "!!all" },
        { "beats every=2 downbeats", "beats after=0.1 every=2 downbeats" },
        { "downbeats after=50ms before 20ms", "beats before=0.02 after=0.05 downbeats" },
        { "upbeats every 2 offset 1", "beats after=0.1 every=2 offset=1 upbeats" },
        { "onsets width=2", "onsets 2" },
        { "region 2 4 6..8.5", "region 2..4 6..8.5" },
        { "keep 0-2,6-8.5", "region 0..2 6..8.5" },
        { "inpaint prefix=1 suffix=.5", "inpaint prefix=1 suffix=0.5" },
        { "suffix 1", "inpaint prefix=0 suffix=1" },
        { "preset 8bit.v2", "preset 8bit.v2" },
        { "loop & codebooks 3", "preset loop & codebooks 3" },
        { "-P7", "every 7" },
        { "-P 7 --width 3 --roll --codebooks 3", "every 7 width=3 roll & codebooks 3" },
        { "--beats --after-beat 0.2 --every 2 --dropout 0.3", "beats after=0.2 every=2 & dropout 0.3" },
        { "--keep 0-4 | --nothing", "region 0..4 | none" },
        { "bitrate 1e-7", "bitrate 1E-07" },
    };

    [Theory, MemberData(nameof(Texts))]
    public void There_is_more_than_one_way_to_write_a_prompt(string text, string canonical) =>
        Assert.Equal(canonical, PromptText.Format(PromptText.Parse(text)));

    public static TheoryData<string, int, string> Errors => new()
    {
        { "", 1, "expected a prompt, such as \"every 7\", got the end" },
        { "evry 7", 1, "\"evry\" is no prompt; did you mean \"every\"?" },
        { "every 7 & medium-varation", 11, "did you mean \"medium-variation\"?" },
        { "everything_else", 1, "is no prompt; there are every, codebooks" },
        { "every", 6, "expected a number, period of every, got the end" },
        { "every 7.5", 7, "period of every is a whole number of frames, not \"7.5\"" },
        { "every 7x", 8, "\"x\" is no unit of period of every; s, ms and f (frames) are" },
        { "every 99999999999", 7, "is a whole number of frames" },
        { "codebooks 3f", 12, "\"f\" is no unit of count of codebooks" },
        { "bitrate 1e400", 9, "bits of bitrate is too large" },
        { "every 7 widht=2", 9, "none of what every takes (period, width, offset, roll); did you mean \"width\"?" },
        { "every 7 codebooks 3", 9, "expected \"&\" or \"|\" before \"codebooks\"" },
        { "every 7 width=2 width=3", 17, "width is given twice" },
        { "every 7 period=3", 9, "period is given twice" },
        { "none of it", 6, "expected \"&\" or \"|\", got \"of\"" },
        { "(beats | every 7", 17, "expected \")\" for the \"(\" at column 1" },
        { "every 7)", 8, "expected \"&\" or \"|\", got \")\"" },
        { "every 7 &", 10, "expected a prompt" },
        { "every 7 # 3", 9, "\"#\" means nothing here" },
        { "region 2", 9, "expected the end of the region, such as \"2..4\"" },
        { "preset", 7, "expected the name of a preset" },
        { new string('(', 100), 65, "nested more than 64 deep" },
        { new string('x', 70_000), 65_537, "at most 65536 characters" },
    };

    [Theory, MemberData(nameof(Errors))]
    public void Errors_name_the_column_and_what_was_expected_there(string text, int column, string problem)
    {
        var error = Assert.Throws<PromptTextException>(() => PromptText.Parse(text));
        Assert.Equal(column, error.Column);
        Assert.StartsWith($"column {column}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Frames where seconds are usual mean just those frames, at any frame rate.</summary>
    [Fact]
    public void Frames_may_be_given_as_seconds_and_seconds_as_frames() => Prop.ForAll(
        Gen.Choose(0, 1_000_000).ToArbitrary(), Gen.Elements(FrameRate.VampNet, new FrameRate(48_000, 441)).ToArbitrary(),
        (frames, rate) =>
        {
            var beats = (Prompt.Beats)PromptText.Parse($"beats before={frames}f", rate);
            var region = ((Prompt.Regions)PromptText.Parse($"region {frames}f..{frames + 1}f", rate)).Stretches[0];
            return rate.ToFrames(beats.BeforeSeconds) == frames && rate.FrameAt(region.FromSeconds) == frames
                && rate.ToFrames(region.ToSeconds) == frames + 1;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_names_of_a_model_s_presets_need_no_word_before_them()
    {
        Assert.Equal(new Prompt.Preset("close"), PromptText.Parse("close", presets: ["close"]));
        Assert.Throws<PromptTextException>(() => PromptText.Parse("loop", presets: ["close"]));
        Assert.Equal(new Prompt.Preset("close"), PromptText.Parse("preset close"));
    }

    [Fact]
    public void What_no_text_can_say_is_refused()
    {
        Assert.Throws<NotSupportedException>(() => PromptText.Format(new Prompt.Explicit(Masks.Full(1, 1))));
        Assert.Throws<ArgumentException>("prompt", () => PromptText.Format(new Prompt.AllOf()));
    }

    private static Gen<Prompt> Prompts(int depth)
    {
        var number = ArbMap.Default.GeneratorFor<NormalFloat>().Select(value => Math.Abs(value.Get));
        var share = Gen.Choose(0, 1000).Select(i => i / 1000.0);
        var count = Gen.Choose(0, int.MaxValue);
        var leaves = new List<Gen<Prompt>>
        {
            Gen.Elements<Prompt>(new Prompt.None(), new Prompt.All(), new Prompt.Preset("medium-variation"), new Prompt.Preset("8bit")),
            count.Three().Select(n => (Prompt)new Prompt.Periodic(n.Item1, n.Item2 % 3 + 1, n.Item3 % 3, n.Item3 % 2 == 0)),
            number.Two().Select(n => (Prompt)new Prompt.Inpaint(n.Item1, n.Item2)),
            number.Two().Select(n => new Region(n.Item1, n.Item2)).NonEmptyListOf().Select(list => (Prompt)new Prompt.Regions([.. list])),
            count.Select(n => (Prompt)new Prompt.Compression(n)),
            number.Select(n => (Prompt)new Prompt.Bitrate(n)),
            share.Select(n => (Prompt)new Prompt.Random(n)),
            share.Select(n => (Prompt)new Prompt.Dropout(n)),
            number.Two().SelectMany(
                n => Gen.Choose(1, 4).Select(
                    every => (Prompt)new Prompt.Beats(n.Item1, n.Item2, every == 2, every, every == 3, every / 2))),
            count.Select(n => (Prompt)new Prompt.Onsets(n)),
        };
        if (depth == 0)
            return Gen.OneOf(leaves);
        var inner = Prompts(depth - 1);
        leaves.Add(inner.Select(p => (Prompt)new Prompt.Inverse(p)));
        leaves.Add(inner.NonEmptyListOf().Select(list => (Prompt)new Prompt.AllOf([.. list.Take(3)])));
        leaves.Add(inner.NonEmptyListOf().Select(list => (Prompt)new Prompt.AnyOf([.. list.Take(3)])));
        return Gen.OneOf(leaves);
    }

    /// <summary>Equal but for combinations of one part.</summary>
    private static bool Same(Prompt a, Prompt b) => (a, b) switch
    {
        (Prompt.AllOf { Prompts: [var only] }, _) => Same(only, b),
        (Prompt.AnyOf { Prompts: [var only] }, _) => Same(only, b),
        (Prompt.AllOf one, Prompt.AllOf other) => Same(one.Prompts, other.Prompts),
        (Prompt.AnyOf one, Prompt.AnyOf other) => Same(one.Prompts, other.Prompts),
        (Prompt.Inverse one, Prompt.Inverse other) => Same(one.Of, other.Of),
        (Prompt.Regions one, Prompt.Regions other) => one.Stretches.SequenceEqual(other.Stretches),
        _ => a == b,
    };

    private static bool Same(IReadOnlyList<Prompt> a, IReadOnlyList<Prompt> b) =>
        a.Count == b.Count && a.Zip(b).All(pair => Same(pair.First, pair.Second));
}
