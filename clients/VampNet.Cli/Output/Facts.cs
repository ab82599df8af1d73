using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;

namespace VampNet.Cli.Output;

/// <summary>What a command has to say: lines for people or, with --json, a JSON document for programs, on a line of its own.</summary>
internal static class Facts
{
    private static readonly JsonSerializerOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonFormatter s_messages = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    private static TextWriter? s_json;
    private static JsonObject s_document = [];

    public static bool AreJson => s_json is not null;

    /// <summary>From now on, standard output takes JSON only; what is said besides goes to the error stream.</summary>
    public static void UseJson()
    {
        s_json = Console.Out;
        Console.SetOut(Console.Error);
    }

    /// <summary>Standard output takes something else from now on.</summary>
    public static void LeaveOutput()
    {
        Console.SetOut(Console.Error);
        s_json = s_json is null ? null : Console.Error;
    }

    /// <param name="key">of the document</param>
    /// <param name="text">the line for people</param>
    public static void Add(string key, JsonNode? value, string text)
    {
        if (AreJson)
            s_document[key] = value;
        else
            Console.WriteLine(text);
    }

    /// <summary>Adds to the document, and says nothing.</summary>
    public static void AddQuietly(string key, JsonNode? value)
    {
        if (AreJson)
            s_document[key] = value;
    }

    /// <summary>Adds to a list of the document, and says nothing.</summary>
    public static void Append(string key, JsonNode? value)
    {
        if (!AreJson)
            return;
        if (s_document[key] is not JsonArray list)
            s_document[key] = list = [];
        list.Add(value);
    }

    /// <summary>A message in the JSON of protos.</summary>
    public static JsonObject Of(IMessage message) => (JsonObject)JsonNode.Parse(s_messages.Format(message))!;

    /// <summary>Writes the document, if there is one, and begins a new one.</summary>
    public static void End()
    {
        if (s_json is not null && s_document.Count > 0)
        {
            s_json.WriteLine(s_document.ToJsonString(s_plain));
            s_json.Flush();
        }
        s_document = [];
    }
}
