using VampNet.Core.Prompts;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Mapping;
using Proto = VampNet.Protos.Prompt.V1;
using ProtoFigures = VampNet.Protos.Vamp.V1.MaskFigures;

namespace VampNet.Gateway.Requests;

/// <summary>Prompts from the wire.</summary>
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
