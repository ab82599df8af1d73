using VampNet.Core.Prompts;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Mapping;
using Kind = VampNet.Protos.Prompt.V1.Prompt.KindOneofCase;
using Proto = VampNet.Protos.Prompt.V1;

namespace VampNet.Gateway.Requests;

/// <summary>Reads prompts from the wire.</summary>
/// <param name="maxFrames">longest explicit mask</param>
/// <param name="presets">of the model</param>
internal sealed class PromptReader(int maxFrames, IReadOnlyList<PromptPreset> presets)
{
    public Prompt Read(Proto.Prompt? prompt, string path) => prompt?.KindCase switch
    {
        Kind.None_ => new Prompt.None(),
        Kind.All => new Prompt.All(),
        Kind.Periodic => new Prompt.Periodic(
            prompt.Periodic.Period, OneIfUnset(prompt.Periodic.Width), prompt.Periodic.Offset, prompt.Periodic.Roll),
        Kind.Inpaint => new Prompt.Inpaint(prompt.Inpaint.PrefixSeconds, prompt.Inpaint.SuffixSeconds),
        Kind.Regions => new Prompt.Regions([.. prompt.Regions.Regions.Select(r => new Region(r.FromSeconds, r.ToSeconds))]),
        Kind.Compression => new Prompt.Compression(prompt.Compression.Codebooks),
        Kind.Bitrate => new Prompt.Bitrate(prompt.Bitrate.BitsPerSecond),
        Kind.Random => new Prompt.Random(prompt.Random.Intensity),
        Kind.Dropout => new Prompt.Dropout(prompt.Dropout.Probability),
        Kind.Beats => new Prompt.Beats(
            prompt.Beats.BeforeSeconds, prompt.Beats.AfterSeconds, prompt.Beats.DownbeatsOnly, OneIfUnset(prompt.Beats.Every),
            prompt.Beats.UpbeatsOnly, prompt.Beats.Offset),
        Kind.Onsets => new Prompt.Onsets(prompt.Onsets.Width),
        Kind.Mask => new Prompt.Explicit(prompt.Mask.ToModel($"{path}.mask", maxFrames)),
        Kind.AllOf => new Prompt.AllOf(ReadAll(prompt.AllOf, $"{path}.all_of")),
        Kind.AnyOf => new Prompt.AnyOf(ReadAll(prompt.AnyOf, $"{path}.any_of")),
        Kind.Not => new Prompt.Inverse(Read(prompt.Not, $"{path}.not")),
        Kind.Preset => (presets.FirstOrDefault(preset => preset.Name == prompt.Preset) ?? throw UnknownPreset(prompt.Preset, path))
            .ToPrompt(),
        _ => throw new InvalidRequestException(path, "is required: say what stays visible (\"none\" for nothing)"),
    };

    private IReadOnlyList<Prompt> ReadAll(Proto.PromptList list, string path) =>
        [.. list.Prompts.Select((p, i) => Read(p, $"{path}.prompts[{i}]"))];

    private InvalidRequestException UnknownPreset(string name, string path) =>
        new($"{path}.preset", $"\"{name}\" is none of {string.Join(", ", presets.Select(p => p.Name))}");

    private static int OneIfUnset(int value) => value == 0 ? 1 : value;
}
