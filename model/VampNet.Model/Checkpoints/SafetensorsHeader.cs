using System.Globalization;
using System.IO.Hashing;
using System.Text.Json;

namespace VampNet.Model.Checkpoints;

/// <summary>The JSON header of a safetensors file.</summary>
internal sealed class SafetensorsHeader
{
    private const int MaxDimensions = 16;

    private const string MetadataName = "__metadata__";

    /// <summary>Metadata key of ours: "8 hex digits, space, name" a line, one line a tensor.</summary>
    private const string ChecksumsName = "vampnet.crc32";

    private SafetensorsHeader(
        IReadOnlyList<Entry> entries, IReadOnlyDictionary<string, string> metadata, IReadOnlyDictionary<string, uint> checksums) =>
        (Entries, Metadata, Checksums) = (entries, metadata, checksums);

    /// <summary>One tensor; offsets count from the first byte after the header.</summary>
    public sealed record Entry(string Name, ElementType Type, long[] Shape, long Begin, long End);

    /// <summary>All tensors in the order of their bytes.</summary>
    public IReadOnlyList<Entry> Entries { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    public IReadOnlyDictionary<string, uint> Checksums { get; }

    public static SafetensorsHeader Parse(ReadOnlyMemory<byte> json, string source)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 4, AllowDuplicateProperties = false });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw new CheckpointException(source, "the header is not a JSON object");
            var metadata = root.TryGetProperty(MetadataName, out var found)
                ? found.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString() ?? "")
                : [];
            metadata.Remove(ChecksumsName, out var checksums);
            var entries = root.EnumerateObject().Where(p => p.Name != MetadataName).Select(p => ParseEntry(p, source))
                .OrderBy(e => e.Begin).ThenBy(e => e.End).ToArray();
            return new(entries, metadata, ParseChecksums(checksums ?? "", source));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter: a value of another kind
        {
            throw new CheckpointException(source, $"the header is damaged: {e.Message}", e);
        }
    }

    /// <summary>Refuses tensors that overlap, leave holes, or do not end where the file does.</summary>
    public void CheckLayout(long dataLength, string source)
    {
        long at = 0;
        foreach (var entry in Entries)
        {
            if (entry.Begin != at)
                throw new CheckpointException(
                    source, $"tensor '{entry.Name}' starts at byte {entry.Begin}, the one before it ends at {at}");
            if (entry.Type.ByteCount(entry.Shape) != entry.End - entry.Begin)
                throw new CheckpointException(
                    source, $"tensor '{entry.Name}' of {entry.Type} ({string.Join(", ", entry.Shape)}) has {entry.End - entry.Begin} "
                        + "bytes");
            if (entry.End > dataLength)
                throw new CheckpointException(
                    source, $"tensor '{entry.Name}' ends at byte {entry.End}, the file holds {dataLength}: is it truncated?");
            at = entry.End;
        }
        if (at != dataLength)
            throw new CheckpointException(source, $"{dataLength - at} bytes after the last tensor");
    }

    public static byte[] Format(IReadOnlyList<KeyValuePair<string, RawTensor>> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject(MetadataName);
            foreach (var (key, value) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
                json.WriteString(key, value);
            json.WriteString(ChecksumsName, string.Join('\n', tensors.Select(t => $"{Crc32.HashToUInt32(t.Value.Data.Span):x8} {t.Key}")));
            json.WriteEndObject();
            long at = 0;
            foreach (var (name, tensor) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", tensor.Type.ToString());
                WriteNumbers(json, "shape", tensor.Shape);
                WriteNumbers(json, "data_offsets", [at, at += tensor.Data.Length]);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    private static Entry ParseEntry(JsonProperty property, string source)
    {
        var name = property.Name;
        if (property.Value.ValueKind != JsonValueKind.Object)
            throw Bad("is not described by an object");
        long[]? shape = null, offsets = null;
        ElementType? type = null;
        foreach (var field in property.Value.EnumerateObject())
        {
            switch (field.Name)
            {
                case "dtype":
                    var text = field.Value.GetString();
                    type = Enum.GetValues<ElementType>().Where(t => t.ToString() == text).Cast<ElementType?>().FirstOrDefault()
                        ?? throw Bad($"has elements of type {text}, which is not known here");
                    break;
                case "shape":
                    shape = Numbers(field);
                    break;
                case "data_offsets":
                    offsets = Numbers(field);
                    break;
                default:
                    throw Bad($"has an unknown field '{field.Name}'");
            }
        }
        if (type is null || shape is null || offsets is not [>= 0, >= 0] || offsets[1] < offsets[0])
            throw Bad("needs dtype, shape and two ascending data_offsets");
        if (shape.Length > MaxDimensions)
            throw Bad($"has {shape.Length} dimensions, at most {MaxDimensions} are read");
        return new(name, type.Value, shape, offsets[0], offsets[1]);

        long[] Numbers(JsonProperty field) =>
            field.Value.ValueKind == JsonValueKind.Array
                && field.Value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.Number && v.TryGetInt64(out _))
                ? [.. field.Value.EnumerateArray().Select(v => v.GetInt64())]
                : throw Bad($"has a {field.Name} that is no list of integers");

        CheckpointException Bad(string problem) => new(source, $"tensor '{name}' {problem}");
    }

    private static Dictionary<string, uint> ParseChecksums(string lines, string source)
    {
        var checksums = new Dictionary<string, uint>();
        foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length < 10
                || !uint.TryParse(line.AsSpan(0, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var crc))
                throw new CheckpointException(source, $"the header is damaged: {ChecksumsName} holds '{line}'");
            checksums[line[9..]] = crc;
        }
        return checksums;
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<long> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }
}
