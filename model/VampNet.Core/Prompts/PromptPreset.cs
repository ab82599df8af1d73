namespace VampNet.Core.Prompts;

/// <summary>
/// An ordinary prompt under a name that musicians know: every P-th frame from a random first one, and what follows the
/// beats, of the coarsest codebooks. All but "loop" are those of the reference's app.
/// </summary>
/// <param name="Name">The name, such as "medium-variation".</param>
/// <param name="Period">The distance of two kept frames, in frames; 0 = no periodic prompt.</param>
/// <param name="Codebooks">How many leading codebooks are kept, at least 1.</param>
/// <param name="Dropout">The share of the periodic frames that is left out, 0 to 1.</param>
/// <param name="BeatSeconds">How much is kept after each beat, in seconds, 0 to 10; 0 = no beat prompt.</param>
public sealed record PromptPreset(string Name, int Period, int Codebooks, double Dropout = 0, double BeatSeconds = 0)
{
    private const int LongestPeriod = 10_000, MostCodebooks = 256;

    /// <summary>Those of a model that brings none of its own, from what stays closest to the source to what leaves it behind.</summary>
    public static IReadOnlyList<PromptPreset> All { get; } =
    [
        new("timbre-transfer", Period: 2, Codebooks: 1),
        new("small-variation", Period: 5, Codebooks: 4),
        new("small-variation-follow-beat", Period: 7, Codebooks: 4, BeatSeconds: 0.05),
        new("medium-variation", Period: 7, Codebooks: 4),
        new("medium-variation-follow-beat", Period: 13, Codebooks: 4, BeatSeconds: 0.05),
        new("large-variation", Period: 13, Codebooks: 4, Dropout: 0.2),
        new("large-variation-follow-beat", Period: 0, Codebooks: 4, BeatSeconds: 0.08),
        new("loop", Period: 9, Codebooks: 4, BeatSeconds: 0.05),
        new("unconditional", Period: 0, Codebooks: 1),
    ];

    /// <summary>What cannot be about it; null = nothing.</summary>
    internal string? Problem =>
        Period is < 0 or > LongestPeriod ? $"has period {Period}, expected 0 to {LongestPeriod}"
        : Codebooks is < 1 or > MostCodebooks ? $"keeps {Codebooks} codebooks, expected 1 to {MostCodebooks}"
        : Dropout is not (>= 0 and <= 1) ? $"has dropout {Dropout}, expected 0 to 1"
        : BeatSeconds is not (>= 0 and <= 10) ? $"keeps {BeatSeconds} s after each beat, expected 0 to 10"
        : null;

    /// <summary>The prompt that the name stands for.</summary>
    public Prompt ToPrompt()
    {
        var kept = new List<Prompt>();
        if (Period > 0)
        {
            var periodic = new Prompt.Periodic(Period, Roll: true);
            kept.Add(Dropout > 0 ? new Prompt.AllOf(periodic, new Prompt.Dropout(Dropout)) : periodic);
        }
        if (BeatSeconds > 0)
            kept.Add(new Prompt.Beats(BeforeSeconds: 0, BeatSeconds));
        return kept.Count == 0
            ? new Prompt.None()
            : new Prompt.AllOf(kept.Count == 1 ? kept[0] : new Prompt.AnyOf(kept), new Prompt.Compression(Codebooks));
    }
}
