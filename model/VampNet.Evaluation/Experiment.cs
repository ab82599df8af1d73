using VampNet.Client;
using VampNet.Protos.Prompt.V1;

namespace VampNet.Evaluation;

/// <summary>Conditions that are compared with each other.</summary>
/// <param name="Name">in file names</param>
/// <param name="Title">in the report</param>
/// <param name="Axis">what the conditions differ by, where that is a number; then they are in its order</param>
public sealed record Experiment(string Name, string Title, string? Axis, IReadOnlyList<(double? At, Condition Condition)> Conditions);

/// <summary>The experiments of the paper (section 4), over the models behind a gateway.</summary>
/// <param name="model">name of a served model; empty = the default</param>
public sealed class Experiments(VampNetClient client, string model)
{
    private const int Codebooks = 14, CoarseCodebooks = 4;

    private static readonly int[] s_steps = [1, 4, 8, 12, 36, 64, 72], s_periods = [8, 16, 32], s_rates = [25, 50, 100, 200, 400],
        s_leading = [1, 2, 3, 4, 7, 10];

    // the last two leave as much as every 8th and 16th frame
    private static readonly double[] s_contexts = [1, 2], s_noise = [0.25, 0.5, 0.75, 7 / 8.0, 15 / 16.0];

    /// <summary>Every experiment of the paper.</summary>
    public IReadOnlyList<Experiment> All => [Steps(), Prompts(), Bitrates()];

    /// <summary>Does it help to sample in more steps? Every 16th frame is kept (figure 3).</summary>
    public Experiment Steps() => new("steps", "Sampling steps", "sampling steps",
        [.. s_steps.Select(steps => ((double?)steps, (Condition)new VampCondition($"{steps} steps", client, model, Periodic(16), steps)))]);

    /// <summary>Which prompts keep most of the music (figure 4)?</summary>
    public Experiment Prompts() => new("prompts", "Prompts", Axis: null,
    [
        (null, new OpusCondition("Opus at its lowest rate")),
        (null, Codec(Codebooks)),
        (null, Vamp("coarse-to-fine alone", Leading(CoarseCodebooks))),
        (null, Vamp("compression, Nk=1", Leading(1))),
        .. s_periods.Select(period => ((double?)null, Vamp($"periodic, P={period}", Periodic(period)))),
        (null, Vamp("beats, 75 ms", new Prompt { Beats = new BeatPrompt { BeforeSeconds = 0.0375, AfterSeconds = 0.0375 } })),
        .. s_contexts.Select(seconds => ((double?)null,
            Vamp($"inpaint, {seconds} s", new Prompt
            {
                Inpaint = new InpaintPrompt { PrefixSeconds = seconds, SuffixSeconds = seconds },
            }, seconds))),
        .. s_noise.Select(share => ((double?)null, (Condition)TokenCondition.Noise($"noisy tokens, r={share}", client, model, share))),
    ]);

    /// <summary>How far can music be compressed (figure 5)? From what the codec makes of all codebooks down to 25 bit/s.</summary>
    public Experiment Bitrates() => new("bitrates", "Bitrates", "bit/s",
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
    ]);

    private static (double?, Condition) At(double rate, Condition condition) => (rate, condition);

    private static double Rate(int codebooks) => codebooks * 10 * (double)Excerpt.SampleRate / Excerpt.Hop;

    private static Prompt Periodic(int period) => new() { Periodic = new PeriodicPrompt { Period = period } };

    private static Prompt Leading(int codebooks) => new() { Compression = new CompressionPrompt { Codebooks = codebooks } };

    private TokenCondition Codec(int codebooks) => TokenCondition.Codec("codec", client, model, codebooks);

    private VampCondition Vamp(string name, Prompt prompt, double contextSeconds = 0) =>
        new VampCondition(name, client, model, prompt, contextSeconds: contextSeconds);
}
