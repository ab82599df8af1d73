using System.CommandLine;
using VampNet.Protos.Prompt.V1;

namespace VampNet.Cli.Flags;

/// <summary>Prompts: what stays visible of the input. Several are combined; values are checked by the gateway, which names the field.</summary>
internal sealed class PromptFlags
{
    /// <summary>What a vamp keeps unless told otherwise (paper 4.3): every 7th frame.</summary>
    private const int DefaultPeriod = 7;

    private readonly Option<int?> _period = new("--periodic", "-P") { Description = $"Keep every P-th frame (57.4 frames are a second). The default where no prompt is given: {DefaultPeriod}.", HelpName = "P" };
    private readonly Option<int> _width = new("--width") { Description = "Frames kept around each hit of --periodic.", DefaultValueFactory = _ => 1, HelpName = "FRAMES" };
    private readonly Option<int> _offset = new("--offset") { Description = "First hit of --periodic.", HelpName = "FRAMES" };
    private readonly Option<double> _prefix = new("--prefix") { Description = "Keep the beginning; alone, asks for a continuation.", HelpName = "SECONDS" };
    private readonly Option<double> _suffix = new("--suffix") { Description = "Keep the end.", HelpName = "SECONDS" };
    private readonly Option<int?> _codebooks = new("--codebooks") { Description = "Keep the N coarsest codebooks; alone, decompresses.", HelpName = "N" };
    private readonly Option<double?> _random = new("--random") { Description = "Hide each token with this probability.", HelpName = "0..1" };
    private readonly Option<bool> _beats = new("--beats") { Description = "Keep what surrounds the beats." };
    private readonly Option<double> _beforeBeat = new("--before-beat") { Description = "Kept before each beat.", HelpName = "SECONDS" };
    private readonly Option<double> _afterBeat = new("--after-beat") { Description = "Kept after each beat.", DefaultValueFactory = _ => 0.1, HelpName = "SECONDS" };
    private readonly Option<bool> _downbeats = new("--downbeats") { Description = "Only the beats that start a bar." };
    private readonly Option<int> _every = new("--every") { Description = "Only every N-th beat.", DefaultValueFactory = _ => 1, HelpName = "N" };
    private readonly Option<bool> _nothing = new("--nothing") { Description = "Keep nothing but the length." };
    private readonly Option<string> _combine = new("--combine") { Description = "Keep what all prompts keep, or what any keeps.", DefaultValueFactory = _ => "all" };
    private readonly Option<bool> _invert = new("--invert") { Description = "Keep what the prompts would hide." };

    public PromptFlags(Command command)
    {
        _combine.AcceptOnlyFromAmong("all", "any");
        foreach (var option in new Option[] { _period, _width, _offset, _prefix, _suffix, _codebooks, _random, _beats, _beforeBeat, _afterBeat, _downbeats, _every, _nothing, _combine, _invert })
            command.Options.Add(option);
    }

    public Prompt Read(ParseResult parsed)
    {
        var prompts = Chosen(parsed).ToList();
        if (prompts.Count == 0)
            prompts.Add(new Prompt { Periodic = new PeriodicPrompt { Period = DefaultPeriod, Width = parsed.GetValue(_width), Offset = parsed.GetValue(_offset) } });
        var prompt = prompts.Count == 1 ? prompts[0] : Combine(prompts, parsed.GetValue(_combine)!);
        return parsed.GetValue(_invert) ? new Prompt { Not = prompt } : prompt;
    }

    private IEnumerable<Prompt> Chosen(ParseResult parsed)
    {
        if (parsed.GetValue(_period) is { } period)
            yield return new Prompt { Periodic = new PeriodicPrompt { Period = period, Width = parsed.GetValue(_width), Offset = parsed.GetValue(_offset) } };
        if (parsed.GetResult(_prefix) is not null || parsed.GetResult(_suffix) is not null)
            yield return new Prompt { Inpaint = new InpaintPrompt { PrefixSeconds = parsed.GetValue(_prefix), SuffixSeconds = parsed.GetValue(_suffix) } };
        if (parsed.GetValue(_codebooks) is { } codebooks)
            yield return new Prompt { Compression = new CompressionPrompt { Codebooks = codebooks } };
        if (parsed.GetValue(_random) is { } intensity)
            yield return new Prompt { Random = new RandomPrompt { Intensity = intensity } };
        if (parsed.GetValue(_beats) || parsed.GetValue(_downbeats))
        {
            yield return new Prompt
            {
                Beats = new BeatPrompt
                {
                    BeforeSeconds = parsed.GetValue(_beforeBeat),
                    AfterSeconds = parsed.GetValue(_afterBeat),
                    DownbeatsOnly = parsed.GetValue(_downbeats),
                    Every = parsed.GetValue(_every),
                },
            };
        }
        if (parsed.GetValue(_nothing))
            yield return new Prompt { None = new NonePrompt() };
    }

    private static Prompt Combine(List<Prompt> prompts, string how)
    {
        var list = new PromptList();
        list.Prompts.AddRange(prompts);
        return how == "all" ? new Prompt { AllOf = list } : new Prompt { AnyOf = list };
    }
}
