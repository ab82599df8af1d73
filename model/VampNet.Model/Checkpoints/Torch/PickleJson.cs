using System.Text;
using System.Text.Json;

namespace VampNet.Model.Checkpoints.Torch;

/// <summary>Plain values of a pickle as JSON: how hyper-parameters go into safetensors and manifests.</summary>
internal static class PickleJson
{
    private const int MaxDepth = 8;

    private const int MaxBytes = 1 << 20;

    /// <summary>The JSON of an object; what JSON cannot say (tensors, unknown objects, NaN) becomes null.</summary>
    public static string Text(PickleDict dict, string file)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
            Write(json, dict, file, 0);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void Write(Utf8JsonWriter json, object? value, string file, int depth)
    {
        if (depth > MaxDepth || json.BytesCommitted + json.BytesPending > MaxBytes)
            throw new CheckpointException(file, "the hyper-parameters are nested too deeply, or too long");
        switch (value)
        {
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case long integer:
                json.WriteNumberValue(integer);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case PickleDict dict:
                json.WriteStartObject();
                foreach (var (key, item) in dict)
                {
                    json.WritePropertyName(key.ToString()!);
                    Write(json, item, file, depth + 1);
                }
                json.WriteEndObject();
                break;
            case IReadOnlyList<object?> items:
                json.WriteStartArray();
                foreach (var item in items)
                    Write(json, item, file, depth + 1);
                json.WriteEndArray();
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }
}
