using System.Text.Json;

namespace VampNet.Model.Checkpoints;

/// <summary>
/// The constructor arguments of a model, under the reference's names (<c>n_heads</c>, <c>encoder_rates</c> …). Unknown
/// names are ignored; a wrong type or a missing value is reported by name.
/// </summary>
public sealed class HyperParameters
{
    /// <summary>Metadata key of safetensors files that holds the JSON object.</summary>
    public const string MetadataKey = "kwargs";

    private readonly string _source;

    /// <param name="json">an object</param>
    /// <param name="source">where it comes from, for messages</param>
    public HyperParameters(JsonElement json, string source)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new CheckpointException(source, "hyper-parameters are not a JSON object");
        if (!IsText(json))
            throw new CheckpointException(source, "hyper-parameters hold text that is none");
        (Json, _source) = (json, source);
    }

    public JsonElement Json { get; }

    /// <exception cref="CheckpointException">not a JSON object</exception>
    public static HyperParameters Parse(string json, string source)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 });
            return new(document.RootElement.Clone(), source);
        }
        catch (JsonException e)
        {
            throw new CheckpointException(source, "hyper-parameters are not JSON", e);
        }
    }

    /// <summary>Names that are not among <paramref name="known"/>.</summary>
    public IReadOnlyList<string> Unknown(IReadOnlyCollection<string> known) =>
        [.. Json.EnumerateObject().Select(p => p.Name).Where(name => !known.Contains(name))];

    public bool Has(string name) => Json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <exception cref="CheckpointException">missing without a default, or no integer</exception>
    public int GetInt(string name, int? fallback = null) =>
        Find(name, fallback, v => v.TryGetInt32(out var i) ? i : null, JsonValueKind.Number, "an integer");

    /// <exception cref="CheckpointException">missing without a default, or no number</exception>
    public double GetDouble(string name, double? fallback = null) =>
        Find(name, fallback, v => v.TryGetDouble(out var d) ? d : null, JsonValueKind.Number, "a number");

    /// <exception cref="CheckpointException">missing, or no list of integers</exception>
    public int[] GetInts(string name)
    {
        if (!Has(name))
            throw Missing(name);
        var value = Json.GetProperty(name);
        if (value.ValueKind != JsonValueKind.Array
            || !value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.Number && v.TryGetInt32(out _)))
            throw Wrong(name, "a list of integers");
        return [.. value.EnumerateArray().Select(v => v.GetInt32())];
    }

    /// <param name="fallback">where it is missing or null</param>
    /// <exception cref="CheckpointException">no text</exception>
    public string GetText(string name, string fallback)
    {
        if (!Has(name))
            return fallback;
        var value = Json.GetProperty(name);
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(name, "text");
    }

    /// <summary>Whether every name and text is one: JSON can spell halves of characters.</summary>
    private static bool IsText(JsonElement json)
    {
        try
        {
            return json.ValueKind switch
            {
                JsonValueKind.Object => json.EnumerateObject().All(p => p.Name.Length >= 0 && IsText(p.Value)),
                JsonValueKind.Array => json.EnumerateArray().All(IsText),
                JsonValueKind.String => json.GetString() is not null,
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private T Find<T>(string name, T? fallback, Func<JsonElement, T?> read, JsonValueKind kind, string expected) where T : struct
    {
        if (!Has(name))
            return fallback ?? throw Missing(name);
        var value = Json.GetProperty(name);
        return (value.ValueKind == kind ? read(value) : null) ?? throw Wrong(name, expected);
    }

    private CheckpointException Missing(string name) => new(_source, $"hyper-parameter '{name}' is missing");

    private CheckpointException Wrong(string name, string expected) =>
        new(_source, $"hyper-parameter '{name}' is {Json.GetProperty(name).GetRawText()}, expected {expected}");
}

/// <summary>Constructor arguments as safetensors metadata.</summary>
public static class HyperParameterMetadata
{
    public static IReadOnlyDictionary<string, string> Of<T>(IReadOnlyDictionary<string, T> arguments) =>
        new Dictionary<string, string> { [HyperParameters.MetadataKey] = JsonSerializer.Serialize(arguments) };
}
