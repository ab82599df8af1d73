using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using VampNet.Protos.Prompt.V1;
using VampNet.Protos.Tokens.V1;

namespace VampNet.Gateway.Tests.Requests;

/// <summary>Prompts to try: one of every kind, and combinations.</summary>
internal static class Prompts
{
    /// <summary>With every field set.</summary>
    public static IReadOnlyDictionary<string, Prompt> ByKind { get; } = new Dictionary<string, Prompt>
    {
        ["none"] = new() { None = new NonePrompt() },
        ["all"] = new() { All = new AllPrompt() },
        ["periodic"] = new() { Periodic = new PeriodicPrompt { Period = 7, Width = 3, Offset = 2, Roll = true } },
        ["inpaint"] = new() { Inpaint = new InpaintPrompt { PrefixSeconds = 0.2, SuffixSeconds = 0.1 } },
        ["regions"] = new()
        {
            Regions = new RegionsPrompt
            {
                Regions = { new Region { FromSeconds = 0, ToSeconds = 0.2 }, new Region { FromSeconds = 0.4, ToSeconds = 9 } },
            },
        },
        ["compression"] = new() { Compression = new CompressionPrompt { Codebooks = 4 } },
        ["bitrate"] = new() { Bitrate = new BitratePrompt { BitsPerSecond = 200 } },
        ["random"] = new() { Random = new RandomPrompt { Intensity = 0.6 } },
        ["dropout"] = new() { Dropout = new DropoutPrompt { Probability = 0.3 } },
        ["beats"] = new()
        {
            Beats = new BeatPrompt { BeforeSeconds = 0.01, AfterSeconds = 0.05, UpbeatsOnly = true, Every = 2, Offset = 1 },
        },
        ["onsets"] = new() { Onsets = new OnsetPrompt { Width = 2 } },
        ["mask"] = new()
        {
            Mask = new TokenMask
            {
                Codebooks = 14,
                Frames = 40,
                Data = ByteString.CopyFrom([.. Enumerable.Range(0, 560).Select(i => (byte)(i % 3 == 0 ? 1 : 0))]),
            },
        },
        ["all_of"] = new()
        {
            AllOf = new PromptList
            {
                Prompts = { new Prompt { All = new AllPrompt() }, new Prompt { Random = new RandomPrompt { Intensity = 0.5 } } },
            },
        },
        ["any_of"] = new()
        {
            AnyOf = new PromptList
            {
                Prompts = { new Prompt { None = new NonePrompt() }, new Prompt { Dropout = new DropoutPrompt { Probability = 0.5 } } },
            },
        },
        ["not"] = new() { Not = new Prompt { Random = new RandomPrompt { Intensity = 0.5 } } },
        ["preset"] = new() { Preset = "large-variation" },
    };

    public static Gen<Prompt> Any(int depth)
    {
        var leaf = Gen.Elements(ByKind.Values.ToArray());
        if (depth == 0)
            return leaf;
        var inner = Any(depth - 1);
        return Gen.OneOf(
            leaf,
            inner.Select(p => new Prompt { Not = p }),
            inner.Two().Select(p => new Prompt { AllOf = new PromptList { Prompts = { p.Item1, p.Item2 } } }),
            inner.Two().Select(p => new Prompt { AnyOf = new PromptList { Prompts = { p.Item1, p.Item2 } } }));
    }
}
