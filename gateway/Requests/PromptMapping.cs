using VampNet.Core.Prompts;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Mapping;
using Proto = VampNet.Protos.Prompt.V1;
using ProtoFigures = VampNet.Protos.Vamp.V1.MaskFigures;

namespace VampNet.Gateway.Requests;

/// <summary>Prompts from the wire, and back.</summary>
internal static class PromptMapping
{
    /// <summary>The prompt of a request, every field checked that can be checked before the audio is known.</summary>
    /// <param name="field">path of the prompt in the request</param>
    /// <param name="codebooks">of the codec</param>
    /// <param name="maxFrames">longest explicit mask</param>
    /// <param name="presets">of the model</param>
    /// <exception cref="InvalidRequestException">names the field</exception>
    public static Prompt ToModel(this Proto.Prompt? prompt, string field, int codebooks, int maxFrames, IReadOnlyList<PromptPreset> presets)
    {
        var model = new PromptReader(maxFrames, presets).Read(prompt, field);
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
            throw new InvalidRequestException($"{field}.{path}", error);
        }
    }

    /// <summary>The same prompt, with every field and every preset spelled out.</summary>
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
            },
        },
        Prompt.Onsets p => new Proto.Prompt { Onsets = new Proto.OnsetPrompt { Width = p.Width } },
        Prompt.Explicit p => new Proto.Prompt { Mask = p.Mask.ToProto() },
        Prompt.AllOf p => new Proto.Prompt { AllOf = new Proto.PromptList { Prompts = { p.Prompts.Select(ToProto) } } },
        Prompt.AnyOf p => new Proto.Prompt { AnyOf = new Proto.PromptList { Prompts = { p.Prompts.Select(ToProto) } } },
        Prompt.Inverse p => new Proto.Prompt { Not = p.Of.ToProto() },
        _ => throw new ArgumentException($"no message for {prompt}", nameof(prompt)),
    };
}

/// <summary>Mask figures for the wire.</summary>
internal static class FiguresMapping
{
    public static ProtoFigures ToProto(this MaskFigures figures) => new()
    {
        Frames = (uint)figures.Frames,
        KeptFrames = (uint)figures.KeptFrames,
        VisibleTokens = (ulong)figures.VisibleTokens,
        TotalTokens = (ulong)figures.TotalTokens,
        BitsPerSecond = figures.BitsPerSecond,
    };
}

/// <summary>Walks through prompts as they are on the wire.</summary>
internal static class PromptParts
{
    /// <summary>The prompt and all that it combines, however deep.</summary>
    public static IEnumerable<Proto.Prompt> Parts(this Proto.Prompt prompt)
    {
        IEnumerable<Proto.Prompt> inner = prompt.KindCase switch
        {
            Proto.Prompt.KindOneofCase.AllOf => prompt.AllOf.Prompts,
            Proto.Prompt.KindOneofCase.AnyOf => prompt.AnyOf.Prompts,
            Proto.Prompt.KindOneofCase.Not => [prompt.Not],
            _ => [],
        };
        return inner.SelectMany(Parts).Prepend(prompt);
    }

    /// <summary>Whether an explicit mask is among its parts.</summary>
    public static bool HoldsMask(this Proto.Prompt prompt) => prompt.Parts().Any(part => part.Mask is not null);
}
