using VampNet.Core.Prompts;
using VampNet.Protos.Generator.V1;
using Proto = VampNet.Protos.Prompt.V1;

namespace VampNet.Client;

/// <summary>Prompts for the wire, and presets from there.</summary>
public static class PromptMessages
{
    /// <summary>The presets that a model brings.</summary>
    /// <param name="model">A model as its stage describes it.</param>
    public static IReadOnlyList<PromptPreset> PromptPresets(this GetModelResponse model) =>
        [.. model.Presets.Select(p => new PromptPreset(p.Name, (int)p.Period, (int)p.Codebooks, p.Dropout, p.BeatSeconds))];

    /// <summary>A prompt as a message with every field spelled out.</summary>
    /// <param name="prompt">The prompt; it need not be valid.</param>
    public static Proto.Prompt ToProto(this Prompt prompt) => prompt switch
    {
        Prompt.None => new Proto.Prompt { None = new Proto.NonePrompt() },
        Prompt.All => new Proto.Prompt { All = new Proto.AllPrompt() },
        Prompt.Periodic p => new Proto.Prompt
        {
            Periodic = new Proto.PeriodicPrompt { Period = p.Period, Width = p.Width, Offset = p.Offset, Roll = p.Roll },
        },
        Prompt.Inpaint p => new Proto.Prompt
        {
            Inpaint = new Proto.InpaintPrompt { PrefixSeconds = p.PrefixSeconds, SuffixSeconds = p.SuffixSeconds },
        },
        Prompt.Regions p => new Proto.Prompt
        {
            Regions = new Proto.RegionsPrompt
            {
                Regions = { p.Stretches.Select(s => new Proto.Region { FromSeconds = s.FromSeconds, ToSeconds = s.ToSeconds }) },
            },
        },
        Prompt.Compression p => new Proto.Prompt { Compression = new Proto.CompressionPrompt { Codebooks = p.Codebooks } },
        Prompt.Bitrate p => new Proto.Prompt { Bitrate = new Proto.BitratePrompt { BitsPerSecond = p.BitsPerSecond } },
        Prompt.Random p => new Proto.Prompt { Random = new Proto.RandomPrompt { Intensity = p.Intensity } },
        Prompt.Dropout p => new Proto.Prompt { Dropout = new Proto.DropoutPrompt { Probability = p.Probability } },
        Prompt.Beats p => new Proto.Prompt
        {
            Beats = new Proto.BeatPrompt
            {
                BeforeSeconds = p.BeforeSeconds,
                AfterSeconds = p.AfterSeconds,
                DownbeatsOnly = p.DownbeatsOnly,
                Every = p.Every,
                UpbeatsOnly = p.UpbeatsOnly,
                Offset = p.Offset,
            },
        },
        Prompt.Onsets p => new Proto.Prompt { Onsets = new Proto.OnsetPrompt { Width = p.Width } },
        Prompt.Explicit p => new Proto.Prompt { Mask = p.Mask.ToProto() },
        Prompt.AllOf p => new Proto.Prompt { AllOf = new Proto.PromptList { Prompts = { p.Prompts.Select(ToProto) } } },
        Prompt.AnyOf p => new Proto.Prompt { AnyOf = new Proto.PromptList { Prompts = { p.Prompts.Select(ToProto) } } },
        Prompt.Inverse p => new Proto.Prompt { Not = p.Of.ToProto() },
        Prompt.Preset p => new Proto.Prompt { Preset = p.Name },
        _ => throw new ArgumentException($"no message for {prompt}", nameof(prompt)),
    };
}
