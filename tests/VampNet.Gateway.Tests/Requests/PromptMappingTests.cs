using FsCheck;
using FsCheck.Fluent;
using VampNet.Client;
using VampNet.Core.Prompts;
using VampNet.Core.Tokens;
using VampNet.Gateway.Requests;
using VampNet.Protos.Prompt.V1;
using VampNet.Services.Hosting.Errors;
using Prompt = VampNet.Protos.Prompt.V1.Prompt;

namespace VampNet.Gateway.Tests.Requests;

public class PromptMappingTests
{
    private const int Codebooks = 14;
    private const int Frames = 40;

    internal static readonly PromptScene Scene = new(
        Codebooks, Frames, FrameRate.VampNet, Seed: 5, new Rhythm(new BeatTrack([0.1, 0.3, 0.5], [0.1], 300), [0.2]));

    public static TheoryData<string> Kinds => new(Prompts.ByKind.Keys);

    [Fact]
    public void Every_kind_of_the_contract_is_tried_here() => Assert.Equal(
        Prompt.Descriptor.Oneofs.Single(o => o.Name == "kind").Fields.Select(f => f.Name).Order(), Prompts.ByKind.Keys.Order());

    [Theory, MemberData(nameof(Kinds))]
    public void What_goes_in_comes_out_with_its_defaults_spelled_out(string kind)
    {
        var prompt = Prompts.ByKind[kind];
        var effective = ToModel(prompt).ToProto();
        Assert.Equal(effective, ToModel(effective).ToProto());
        if (kind != "preset")
            Assert.Equal(prompt, effective);
    }

    [Fact]
    public void Combined_prompts_come_out_as_they_went_in() => Prop.ForAll(Prompts.Any(3).ToArbitrary(), prompt =>
    {
        var model = ToModel(prompt);
        var effective = model.ToProto();
        return effective.Equals(ToModel(effective).ToProto())
            && model.ToMask(Scene).Hidden.SequenceEqual(ToModel(effective).ToMask(Scene).Hidden);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Unset_widths_are_1()
    {
        Assert.Equal(1, ToModel(new Prompt { Periodic = new PeriodicPrompt { Period = 3 } }).ToProto().Periodic.Width);
        Assert.Equal(1, ToModel(new Prompt { Beats = new BeatPrompt { AfterSeconds = 1 } }).ToProto().Beats.Every);
    }

    [Fact]
    public void A_bad_field_is_named_under_the_path_of_the_prompt()
    {
        var prompt = new Prompt
        {
            AnyOf = new PromptList
            {
                Prompts = { Prompts.ByKind["none"], new Prompt { Not = new Prompt { Onsets = new OnsetPrompt { Width = -1 } } } },
            },
        };
        var error = Assert.Throws<InvalidRequestException>(() => prompt.ToModel("file.prompt", Codebooks, Frames, PromptPreset.All));
        Assert.Equal("file.prompt.any_of.prompts[1].not.onsets.width", Assert.Single(error.Violations).Field);
        error = Assert.Throws<InvalidRequestException>(() => new Prompt { Preset = "" }.ToModel("p", Codebooks, Frames, PromptPreset.All));
        Assert.Equal("p.preset", Assert.Single(error.Violations).Field);
        Assert.Contains("timbre-transfer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_preset_is_looked_up_among_those_of_the_model()
    {
        var close = new PromptPreset("close", Period: 3, Codebooks: 14);
        var prompt = new Prompt { Preset = "close" }.ToModel("p", Codebooks, Frames, [close]);
        Assert.Equal(close.ToPrompt().ToProto(), prompt.ToProto());
        var error = Assert.Throws<InvalidRequestException>(() => new Prompt { Preset = "loop" }.ToModel("p", Codebooks, Frames, [close]));
        Assert.Contains("\"loop\" is none of close", error.Message, StringComparison.Ordinal);
    }

    private static VampNet.Core.Prompts.Prompt ToModel(Prompt prompt) =>
        prompt.ToModel("config.prompt", Codebooks, Frames, PromptPreset.All);
}
