using VampNet.Client;
using VampNet.Protos.Prompt.V1;

namespace VampNet.Evaluation;

/// <summary>Conditions that are compared with each other.</summary>
/// <param name="Name">in file names</param>
/// <param name="Title">in the report</param>
/// <param name="Axis">what the conditions differ by, where that is a number; then they are in its order</param>
public sealed record Experiment(string Name, string Title, string? Axis, IReadOnlyList<(double? At, Condition Condition)> Conditions)
{
    /// <summary>Whether it is there for the others to be seen beside, and no picture of its own.</summary>
    public bool IsBaseline { get; init; }

    /// <summary>Whether a single request is timed under each condition.</summary>
    public bool IsTimed { get; init; }

    /// <summary>Whether its octave bands are listed, and rendered pieces are sent under each condition, too.</summary>
    public bool IsThorough { get; init; }
}

/// <summary>The experiments of the paper (section 4), over the models behind a gateway.</summary>
/// <param name="model">name of a served model; empty = the default</param>
/// <param name="seconds">of an excerpt</param>
public sealed class Experiments(VampNetClient client, string model, double seconds)
{
    /// <summary>The axis of conditions that differ by their bitrate.</summary>
    public const string BitrateAxis = "bit/s";

    private const int Codebooks = 14, CoarseCodebooks = 4;

    private static readonly int[] s_steps = [1, 4, 8, 12, 24, 36, 64, 72], s_periods = [8, 16, 32], s_rates = [25, 50, 100, 200, 400],
        s_leading = [1, 2, 3, 4, 7, 10], s_opus = [6_000, 8_000, 12_000];

    private static readonly double[] s_contexts = [1, 2];

    // From three quarters of the tokens down to 25 bit/s; among them what every 8th, 16th and 32nd frame leaves.
    private static readonly double[] s_noise = [1 / 4.0, 1 / 2.0, 3 / 4.0, 7 / 8.0, 15 / 16.0, 31 / 32.0, 79 / 80.0, 319 / 320.0];

    /// <summary>Every experiment of the paper.</summary>
    public IReadOnlyList<Experiment> All => [Steps(), Prompts(), Bitrates()];

    /// <summary>What the others are seen beside: the codec alone, tokens replaced by noise, and Opus.</summary>
    public Experiment Baselines() => new("baselines", "Baselines", Axis: null,
    [
        (null, Codec(Codebooks)),
        .. s_noise.Select(share => ((double?)null, (Condition)TokenCondition.Noise(
            FormattableString.Invariant($"{Baseline.Noise}{share:0.####}"), client, model, share))),
        .. s_opus.Select(rate => ((double?)null, (Condition)new OpusCondition($"{Baseline.Opus}{rate / 1_000} kbit/s", rate))),
    ])
    { IsBaseline = true };

    /// <summary>Does it help to sample in more steps? Every 16th frame is kept (figure 3).</summary>
    public Experiment Steps() => new("steps", "Sampling steps", "sampling steps",
        [.. s_steps.Select(steps => ((double?)steps, (Condition)new VampCondition($"{steps} steps", client, model, Periodic(16), steps)))])
    { IsTimed = true };

    /// <summary>Which prompts keep most of the music (figure 4)? And, not in the paper, how does a continuation go on?</summary>
    public Experiment Prompts() => new("prompts", "Prompts", Axis: null,
    [
        (null, Vamp("coarse-to-fine alone", Leading(CoarseCodebooks))),
        (null, Vamp("compression, Nk=1", Leading(1))),
        .. s_periods.Select(period => ((double?)null, (Condition)Vamp($"periodic, P={period}", Periodic(period)))),
        (null, Vamp("beats, 75 ms", new Prompt { Beats = new BeatPrompt { AfterSeconds = 0.075 } })),
        .. s_contexts.Select(context => ((double?)null, (Condition)Inpaint($"inpaint, {context} s", new Context(context, context)))),
        (null, Inpaint("continuation of half", new Context(seconds / 2, 0))),
    ])
    { IsThorough = true };

    /// <summary>How far can music be compressed (figure 5)? From what the codec makes of all codebooks down to 25 bit/s.</summary>
    public Experiment Bitrates() => new("bitrates", "Bitrates", BitrateAxis,
    [
        .. s_rates.Select(rate => At(rate, Vamp($"{rate} bit/s", new Prompt { Bitrate = new BitratePrompt { BitsPerSecond = rate } }))),
        .. s_leading.Select(books => At(Rate(books), Vamp($"Nk={books}", Leading(books)))),
        At(Rate(Codebooks), Codec(Codebooks)),
    ]);

    /// <summary>Not in the paper: what of the music is still there under the prompts that people give, by name or by default?</summary>
    /// <param name="presets">names of those that the model brings</param>
    public Experiment Presets(IEnumerable<string> presets) => new("presets", "Presets", Axis: null,
    [
        (null, Codec(Codebooks)),
        (null, Vamp("all of 4 codebooks", Leading(CoarseCodebooks))),
        (null, Vamp("all of one codebook", Leading(1))),
        (null, Vamp("every 7th frame, the default", Periodic(7))),
        .. presets.Select(preset => ((double?)null, (Condition)Vamp(preset, new Prompt { Preset = preset }))),
    ])
    { IsThorough = true };

    private static (double?, Condition) At(double rate, Condition condition) => (rate, condition);

    private static double Rate(int codebooks) => codebooks * 10 * (double)Excerpt.SampleRate / Excerpt.Hop;

    private static Prompt Periodic(int period) => new() { Periodic = new PeriodicPrompt { Period = period } };

    private static Prompt Leading(int codebooks) => new() { Compression = new CompressionPrompt { Codebooks = codebooks } };

    private TokenCondition Codec(int codebooks) => TokenCondition.Codec(Baseline.Codec, client, model, codebooks);

    private VampCondition Vamp(string name, Prompt prompt) => new(name, client, model, prompt);

    private VampCondition Inpaint(string name, Context context) => new(
        name, client, model, new Prompt { Inpaint = new InpaintPrompt { PrefixSeconds = context.Before, SuffixSeconds = context.After } },
        context: context);
}

/// <summary>How conditions that others are seen beside are called.</summary>
public static class Baseline
{
    public const string Codec = "codec", Noise = "noisy tokens, r=", Opus = "Opus, ";
}
