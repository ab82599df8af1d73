using VampNet.Model.Prompts;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Mapping;
using Kind = VampNet.Protos.Prompt.V1.Prompt.KindOneofCase;
using Proto = VampNet.Protos.Prompt.V1;

namespace VampNet.Gateway.Prompts;

/// <summary>Prompts from the wire, and back.</summary>
internal static class PromptMapping
{
    /// <summary>The prompt of a request, every field checked that can be checked before the audio is known.</summary>
    /// <param name="field">path of the prompt in the request</param>
    /// <param name="codebooks">of the codec</param>
    /// <param name="maxFrames">longest explicit mask</param>
    /// <exception cref="InvalidRequestException">names the field</exception>
    public static Prompt ToModel(this Proto.Prompt? prompt, string field, int codebooks, int maxFrames)
    {
        var model = Map(prompt, field, maxFrames);
        Checked(field, () => { model.Validate(codebooks); return model; });
        return model;
    }

    /// <summary>What <paramref name="action"/> returns; an argument that it refuses is a field of the prompt.</summary>
    /// <param name="field">path of the prompt in the request</param>
    public static T Checked<T>(string field, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (ArgumentException error) when (error.ParamName is { } path)
        {
            // The framework appends " (Parameter '...')" to the message.
            throw new InvalidRequestException($"{field}.{path}", error.Message.Split(" (Parameter '")[0]);
        }
    }

    /// <summary>The same prompt, with every field and every preset spelled out.</summary>
    public static Proto.Prompt ToProto(this Prompt prompt) => prompt switch
    {
        Prompt.None => new Proto.Prompt { None = new Proto.NonePrompt() },
        Prompt.All => new Proto.Prompt { All = new Proto.AllPrompt() },
        Prompt.Periodic p => new Proto.Prompt { Periodic = new Proto.PeriodicPrompt { Period = p.Period, Width = p.Width, Offset = p.Offset, Roll = p.Roll } },
        Prompt.Inpaint p => new Proto.Prompt { Inpaint = new Proto.InpaintPrompt { PrefixSeconds = p.PrefixSeconds, SuffixSeconds = p.SuffixSeconds } },
        Prompt.Regions p => new Proto.Prompt { Regions = new Proto.RegionsPrompt { Regions = { p.Stretches.Select(s => new Proto.Region { FromSeconds = s.FromSeconds, ToSeconds = s.ToSeconds }) } } },
        Prompt.Compression p => new Proto.Prompt { Compression = new Proto.CompressionPrompt { Codebooks = p.Codebooks } },
        Prompt.Bitrate p => new Proto.Prompt { Bitrate = new Proto.BitratePrompt { BitsPerSecond = p.BitsPerSecond } },
        Prompt.Random p => new Proto.Prompt { Random = new Proto.RandomPrompt { Intensity = p.Intensity } },
        Prompt.Dropout p => new Proto.Prompt { Dropout = new Proto.DropoutPrompt { Probability = p.Probability } },
        Prompt.Beats p => new Proto.Prompt { Beats = new Proto.BeatPrompt { BeforeSeconds = p.BeforeSeconds, AfterSeconds = p.AfterSeconds, DownbeatsOnly = p.DownbeatsOnly, Every = p.Every } },
        Prompt.Onsets p => new Proto.Prompt { Onsets = new Proto.OnsetPrompt { Width = p.Width } },
        Prompt.Explicit p => new Proto.Prompt { Mask = p.Mask.ToProto() },
        Prompt.AllOf p => new Proto.Prompt { AllOf = new Proto.PromptList { Prompts = { p.Prompts.Select(ToProto) } } },
        Prompt.AnyOf p => new Proto.Prompt { AnyOf = new Proto.PromptList { Prompts = { p.Prompts.Select(ToProto) } } },
        Prompt.Inverse p => new Proto.Prompt { Not = p.Of.ToProto() },
        _ => throw new ArgumentException($"no message for {prompt}", nameof(prompt)),
    };

    private static Prompt Map(Proto.Prompt? prompt, string path, int maxFrames) => prompt?.KindCase switch
    {
        Kind.None_ => new Prompt.None(),
        Kind.All => new Prompt.All(),
        Kind.Periodic => new Prompt.Periodic(prompt.Periodic.Period, OneIfUnset(prompt.Periodic.Width), prompt.Periodic.Offset, prompt.Periodic.Roll),
        Kind.Inpaint => new Prompt.Inpaint(prompt.Inpaint.PrefixSeconds, prompt.Inpaint.SuffixSeconds),
        Kind.Regions => new Prompt.Regions([.. prompt.Regions.Regions.Select(r => new Region(r.FromSeconds, r.ToSeconds))]),
        Kind.Compression => new Prompt.Compression(prompt.Compression.Codebooks),
        Kind.Bitrate => new Prompt.Bitrate(prompt.Bitrate.BitsPerSecond),
        Kind.Random => new Prompt.Random(prompt.Random.Intensity),
        Kind.Dropout => new Prompt.Dropout(prompt.Dropout.Probability),
        Kind.Beats => new Prompt.Beats(prompt.Beats.BeforeSeconds, prompt.Beats.AfterSeconds, prompt.Beats.DownbeatsOnly, OneIfUnset(prompt.Beats.Every)),
        Kind.Onsets => new Prompt.Onsets(prompt.Onsets.Width),
        Kind.Mask => new Prompt.Explicit(prompt.Mask.ToModel($"{path}.mask", maxFrames)),
        Kind.AllOf => new Prompt.AllOf(MapAll(prompt.AllOf, $"{path}.all_of", maxFrames)),
        Kind.AnyOf => new Prompt.AnyOf(MapAll(prompt.AnyOf, $"{path}.any_of", maxFrames)),
        Kind.Not => new Prompt.Inverse(Map(prompt.Not, $"{path}.not", maxFrames)),
        Kind.Preset => (PromptPreset.Find(prompt.Preset) ?? throw UnknownPreset(prompt.Preset, path)).ToPrompt(),
        _ => throw new InvalidRequestException(path, "is required: say what stays visible (\"none\" for nothing)"),
    };

    private static IReadOnlyList<Prompt> MapAll(Proto.PromptList list, string path, int maxFrames) =>
        [.. list.Prompts.Select((p, i) => Map(p, $"{path}.prompts[{i}]", maxFrames))];

    private static InvalidRequestException UnknownPreset(string name, string path) =>
        new($"{path}.preset", $"\"{name}\" is none of {string.Join(", ", PromptPreset.All.Select(p => p.Name))}");

    private static int OneIfUnset(int value) => value == 0 ? 1 : value;
}
