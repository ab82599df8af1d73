using VampNet.Services.Hosting.Errors;

namespace VampNet.Services.Inference.OpenInference;

/// <summary>How errors name the fields of a request.</summary>
internal static class InferFields
{
    // A name may be as long as a message.
    private const int ShownLength = 100;

    private static readonly string[] s_settings = ["sampling.", "config."], s_tensors = ["tokens", "audio"];

    /// <summary>An input by its name, such as "inputs.tokens".</summary>
    public static string OfInput(string name) => $"inputs.{name}";

    /// <summary>A name that a client sent, cut where it is long.</summary>
    public static string Quote(string name) => name.Length <= ShownLength ? $"\"{name}\"" : $"\"{name[..ShownLength]}…\"";

    /// <summary>The names that there are, in words.</summary>
    public static string Known(IReadOnlyList<string> names) => names.Count == 0 ? "there is none" : $"known are {string.Join(", ", names)}";

    /// <summary>The error of a stage's own service, with its fields as this protocol has them.</summary>
    public static InvalidRequestException Translate(InvalidRequestException error) =>
        new([.. error.Violations.Select(violation => violation with { Field = Translate(violation.Field) })]);

    private static string Translate(string field)
    {
        if (s_settings.FirstOrDefault(prefix => field.StartsWith(prefix, StringComparison.Ordinal)) is { } settings)
            return $"parameters.{field[settings.Length..].Replace('.', '_')}";
        return s_tensors.Any(tensor => field.StartsWith(tensor, StringComparison.Ordinal)) ? OfInput(field) : field;
    }
}
