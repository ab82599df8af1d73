namespace VampNet.Core.Prompts.Text;

/// <summary>In what the value of a parameter is given.</summary>
internal enum PromptUnit
{
    /// <summary>No value: the name alone says it.</summary>
    Switch,

    /// <summary>A whole number.</summary>
    Count,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A whole number of frames.</summary>
    Frames,

    /// <summary>A length of time, in seconds.</summary>
    Seconds,
}

/// <summary>A value that a prompt takes.</summary>
/// <param name="Name">The name, in text as <c>name=value</c>.</param>
/// <param name="Unit">In what its value is.</param>
/// <param name="Flag">Another name: that of its option on the command line; null = the same.</param>
/// <param name="IsFirst">Whether it is the number that follows the prompt's own name, and needed.</param>
internal sealed record PromptParameter(string Name, PromptUnit Unit, string? Flag = null, bool IsFirst = false)
{
    public bool IsCalled(string name) => name == Name || name == Flag;
}

/// <summary>A prompt that combines no others, as text.</summary>
/// <param name="Name">The name, by which it is written.</param>
/// <param name="Aliases">Other names: those of the options on the command line.</param>
/// <param name="Parameters">What it takes.</param>
/// <param name="Build">Makes the prompt.</param>
internal sealed record PromptAtom(
    string Name, string[] Aliases, PromptParameter[] Parameters, Func<PromptArguments, Prompt> Build)
{
    /// <summary>What follows a beat stays for so long unless said otherwise, in seconds; so on the command line, too.</summary>
    public const double AfterBeat = 0.1;

    private static readonly PromptParameter s_prefix = new("prefix", PromptUnit.Seconds), s_suffix = new("suffix", PromptUnit.Seconds);

    private static readonly PromptAtom[] s_all =
    [
        new("every", ["periodic", "P"],
        [
            new("period", PromptUnit.Frames, IsFirst: true), new("width", PromptUnit.Frames), new("offset", PromptUnit.Frames),
            new("roll", PromptUnit.Switch),
        ], read => new Prompt.Periodic(read.Int("period"), read.Int("width", 1), read.Int("offset"), read.Has("roll"))),
        new("codebooks", ["compression"], [new("count", PromptUnit.Count, IsFirst: true)],
            read => new Prompt.Compression(read.Int("count"))),
        new("beats", [], BeatParameters(), Beats),
        new("downbeats", [], BeatParameters(), Beats),
        new("upbeats", [], BeatParameters(), Beats),
        new("onsets", [], [new("width", PromptUnit.Frames, IsFirst: true)], read => new Prompt.Onsets(read.Int("width"))),
        new("region", ["regions", "keep"], [], read => new Prompt.Regions(read.Stretches)),
        new("inpaint", [], [s_prefix, s_suffix], Inpaint),
        new("prefix", [], [s_prefix with { IsFirst = true }, s_suffix], Inpaint),
        new("suffix", [], [s_prefix, s_suffix with { IsFirst = true }], Inpaint),
        new("random", [], [new("intensity", PromptUnit.Number, IsFirst: true)], read => new Prompt.Random(read.Number("intensity"))),
        new("dropout", [], [new("probability", PromptUnit.Number, IsFirst: true)],
            read => new Prompt.Dropout(read.Number("probability"))),
        new("bitrate", [], [new("bits", PromptUnit.Number, IsFirst: true)], read => new Prompt.Bitrate(read.Number("bits"))),
        new("all", ["everything"], [], _ => new Prompt.All()),
        new("none", ["nothing"], [], _ => new Prompt.None()),
    ];

    /// <summary>The names by which they are written.</summary>
    public static IEnumerable<string> Names => s_all.Select(atom => atom.Name);

    /// <summary>Whether it is followed by stretches of time.</summary>
    public bool TakesStretches => Name == "region";

    public static PromptAtom? Find(string name) =>
        Array.Find(s_all, atom => atom.Name == name || atom.Aliases.Contains(name, StringComparer.Ordinal));

    private static PromptParameter[] BeatParameters() =>
    [
        new("before", PromptUnit.Seconds, "before-beat"), new("after", PromptUnit.Seconds, "after-beat"),
        new("every", PromptUnit.Count), new("offset", PromptUnit.Count, "beat-offset"), new("downbeats", PromptUnit.Switch),
        new("upbeats", PromptUnit.Switch),
    ];

    private static Prompt.Beats Beats(PromptArguments read) => new(
        read.Number("before"), read.Number("after", AfterBeat), read.Says("downbeats"), read.Int("every", 1), read.Says("upbeats"),
        read.Int("offset"));

    private static Prompt.Inpaint Inpaint(PromptArguments read) => new(read.Number("prefix"), read.Number("suffix"));
}
