using VampNet.Model.Prompts;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Mapping;
using Proto = VampNet.Protos.Prompt.V1;

namespace VampNet.Gateway.Prompts;

/// <summary>Prompts from the wire.</summary>
internal static class PromptMapping
{
    private const string Field = "config.prompt";

    /// <summary>The prompt of a request, every field checked that can be checked before the audio is known.</summary>
    /// <param name="codebooks">of the codec</param>
    /// <param name="maxFrames">longest explicit mask</param>
    /// <exception cref="InvalidRequestException">names the field</exception>
    public static Prompt ToModel(this Proto.Prompt? prompt, int codebooks, int maxFrames)
    {
        var model = Map(prompt, Field, maxFrames);
        Checked(() => { model.Validate(codebooks); return model; });
        return model;
    }

    /// <summary>What <paramref name="action"/> returns; an argument that it refuses is a field of the prompt.</summary>
    public static T Checked<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (ArgumentException error) when (error.ParamName is { } path)
        {
            // The framework appends " (Parameter '...')" to the message.
            throw new InvalidRequestException($"{Field}.{path}", error.Message.Split(" (Parameter '")[0]);
        }
    }

    private static Prompt Map(Proto.Prompt? prompt, string path, int maxFrames) => prompt?.KindCase switch
    {
        Proto.Prompt.KindOneofCase.None_ => new Prompt.None(),
        Proto.Prompt.KindOneofCase.Periodic => new Prompt.Periodic(prompt.Periodic.Period, OneIfUnset(prompt.Periodic.Width), prompt.Periodic.Offset),
        Proto.Prompt.KindOneofCase.Inpaint => new Prompt.Inpaint(prompt.Inpaint.PrefixSeconds, prompt.Inpaint.SuffixSeconds),
        Proto.Prompt.KindOneofCase.Compression => new Prompt.Compression(prompt.Compression.Codebooks),
        Proto.Prompt.KindOneofCase.Random => new Prompt.Random(prompt.Random.Intensity),
        Proto.Prompt.KindOneofCase.Beats => new Prompt.Beats(prompt.Beats.BeforeSeconds, prompt.Beats.AfterSeconds, prompt.Beats.DownbeatsOnly, OneIfUnset(prompt.Beats.Every)),
        Proto.Prompt.KindOneofCase.Mask => new Prompt.Explicit(prompt.Mask.ToModel($"{path}.mask", maxFrames)),
        Proto.Prompt.KindOneofCase.AllOf => new Prompt.AllOf(MapAll(prompt.AllOf, $"{path}.all_of", maxFrames)),
        Proto.Prompt.KindOneofCase.AnyOf => new Prompt.AnyOf(MapAll(prompt.AnyOf, $"{path}.any_of", maxFrames)),
        Proto.Prompt.KindOneofCase.Not => new Prompt.Inverse(Map(prompt.Not, $"{path}.not", maxFrames)),
        _ => throw new InvalidRequestException(path, "is required: say what stays visible (\"none\" for nothing)"),
    };

    private static IReadOnlyList<Prompt> MapAll(Proto.PromptList list, string path, int maxFrames) =>
        [.. list.Prompts.Select((p, i) => Map(p, $"{path}.prompts[{i}]", maxFrames))];

    private static int OneIfUnset(int value) => value == 0 ? 1 : value;
}
