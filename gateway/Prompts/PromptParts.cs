using VampNet.Protos.Prompt.V1;

namespace VampNet.Gateway.Prompts;

/// <summary>Walks through prompts as they are on the wire.</summary>
internal static class PromptParts
{
    /// <summary>The prompt and all that it combines, however deep.</summary>
    public static IEnumerable<Prompt> Parts(this Prompt prompt)
    {
        IEnumerable<Prompt> inner = prompt.KindCase switch
        {
            Prompt.KindOneofCase.AllOf => prompt.AllOf.Prompts,
            Prompt.KindOneofCase.AnyOf => prompt.AnyOf.Prompts,
            Prompt.KindOneofCase.Not => [prompt.Not],
            _ => [],
        };
        return inner.SelectMany(Parts).Prepend(prompt);
    }

    /// <summary>Whether an explicit mask is among its parts.</summary>
    public static bool HoldsMask(this Prompt prompt) => prompt.Parts().Any(part => part.Mask is not null);
}
