using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using VampNet.Client;
using VampNet.Core.Prompts.Text;
using VampNet.Protos.Prompt.V1;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.Http.Forms;

/// <summary>Values of fields as a query writes them.</summary>
internal static class FieldValues
{
    private const string Count = "a whole number, not below 0";

    private static readonly JsonParser Json = new(JsonParser.Settings.Default);

    /// <param name="path">of the field, for errors</param>
    /// <returns>null where the value is none; the checks know why</returns>
    public static object? Parse(FieldDescriptor field, string value, string path, RequestChecks checks)
    {
        if (!checks.Require(!field.IsRepeated, path, "has several values: it can only be said in JSON, as the part \"request\""))
            return null;
        switch (field.FieldType)
        {
            case FieldType.Bool:
                return Checked(Flag(value), "true or false");
            case FieldType.Double:
                return Checked(double.TryParse(value, CultureInfo.InvariantCulture, out var real) ? real : null, "a number");
            case FieldType.Float:
                return Checked(float.TryParse(value, CultureInfo.InvariantCulture, out var single) ? single : null, "a number");
            case FieldType.Int32:
                return Checked(int.TryParse(value, CultureInfo.InvariantCulture, out var whole) ? whole : null, "a whole number");
            case FieldType.UInt32:
                return Checked(uint.TryParse(value, CultureInfo.InvariantCulture, out var count) ? count : null, Count);
            case FieldType.UInt64:
                return Checked(ulong.TryParse(value, CultureInfo.InvariantCulture, out var large) ? large : null, Count);
            case FieldType.String:
                return value;
            case FieldType.Enum:
                return Named(field.EnumType, value, path, checks);
            case FieldType.Message:
                return Parse(field.MessageType, value, path, checks);
            default:
                checks.Require(false, path, "can only be said in JSON, as the part \"request\"");
                return null;
        }

        object? Checked(object? parsed, string expected)
        {
            checks.Require(parsed is not null, path, $"is \"{value}\", expected {expected}");
            return parsed;
        }
    }

    public static double Number(string value, string path, RequestChecks checks)
    {
        checks.Require(double.TryParse(value, CultureInfo.InvariantCulture, out var number), path, $"is \"{value}\", expected a number");
        return number;
    }

    /// <summary>A message as JSON; a prompt may also be a line of text.</summary>
    /// <inheritdoc cref="Parse(FieldDescriptor, string, string, RequestChecks)"/>
    public static IMessage? Parse(MessageDescriptor type, string value, string path, RequestChecks checks)
    {
        try
        {
            return type == Prompt.Descriptor && !value.TrimStart().StartsWith('{')
                ? PromptText.Parse(value).ToProto()
                : Json.Parse(value, type);
        }
        catch (PromptTextException error)
        {
            checks.Require(false, path, error.Message);
            return null;
        }
        catch (Exception error) when (error is IOException or InvalidOperationException or FormatException) // of the library, all of them
        {
            checks.Require(false, path, $"is no JSON of {type.Name}: {error.Message}");
            return null;
        }
    }

    /// <summary>The short names of an enum: those of the contract without what they all begin with, in lower case.</summary>
    public static IReadOnlyList<string> Names(EnumDescriptor type) =>
        [.. type.Values.Where(value => value.Number != 0).Select(value => Short(type, value))];

    private static bool? Flag(string value) => value.ToUpperInvariant() switch
    {
        "TRUE" or "1" or "" => true, // "?keep_source" by itself
        "FALSE" or "0" => false,
        _ => null,
    };

    private static int? Named(EnumDescriptor type, string value, string path, RequestChecks checks)
    {
        var found = type.Values.FirstOrDefault(
            v => new[] { Short(type, v), v.Name }.Contains(value, StringComparer.OrdinalIgnoreCase));
        checks.Require(found is not null, path, Suggestions.Unknown(value, Names(type)));
        return found?.Number;
    }

    private static string Short(EnumDescriptor type, EnumValueDescriptor value)
    {
        var prefix = string.Concat(type.Name.Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{c}"));
        var name = value.Name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? value.Name[(prefix.Length + 1)..] : value.Name;
        return name.ToLowerInvariant();
    }
}
