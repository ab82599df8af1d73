using System.Text.Json;
using Google.Protobuf.Reflection;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Prompt.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Mesh.Tests.Http;

/// <summary>The OpenAPI document against the contracts, and against what is answered.</summary>
[Collection(MeshTests.Name)]
public sealed class OpenApiTests(Support.Mesh mesh) : IAsyncLifetime, IDisposable
{
    private static readonly Dictionary<string, MessageDescriptor> Forms = new()
    {
        ["vamp"] = VampConfig.Descriptor,
        ["inpaint"] = VampConfig.Descriptor,
        ["continue"] = VampConfig.Descriptor,
        ["loop"] = VampConfig.Descriptor,
        ["preview"] = PreviewConfig.Descriptor,
        ["compress"] = CompressConfig.Descriptor,
        ["expand"] = ExpandConfig.Descriptor,
        ["encode"] = EncodeConfig.Descriptor,
        ["decode"] = DecodeConfig.Descriptor,
        ["beats"] = TrackConfig.Descriptor,
    };

    private readonly HttpClient _http = HttpCalls.Connect(mesh.Host.Http!);
    private JsonElement _document;

    private JsonElement Schemas => _document.GetProperty("components").GetProperty("schemas");

    public async Task InitializeAsync()
    {
        using var response = await _http.GetAsync("/openapi/v1.json");
        _document = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _http.Dispose();

    [Fact]
    public void Every_verb_is_there_with_every_field_of_its_request()
    {
        Assert.StartsWith("3.1", _document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            Forms.Keys.Select(verb => $"/v1/{verb}").Concat(["/v1/models", "/v1/models/{name}"]).Order(StringComparer.Ordinal),
            _document.GetProperty("paths").EnumerateObject().Select(path => path.Name).Order(StringComparer.Ordinal));
        Assert.All(Forms, verb =>
        {
            var parameters = Operation(verb.Key).GetProperty("parameters").EnumerateArray();
            var names = parameters.Select(parameter => parameter.GetProperty("name").GetString()).ToList();
            Assert.Equal(names.Distinct().Count(), names.Count);
            Assert.All(Leaves(verb.Value), field => Assert.Contains(field, names));
            var form = Operation(verb.Key).GetProperty("requestBody").GetProperty("content").GetProperty("multipart/form-data");
            var request = form.GetProperty("schema").GetProperty("properties").GetProperty("request");
            Assert.EndsWith($"/{verb.Value.Name}", request.GetProperty("$ref").GetString(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Every_message_has_the_fields_of_the_contract()
    {
        MessageDescriptor[] some = [VampStarted.Descriptor, Prompt.Descriptor, TrackConfig.Descriptor, EncodeConfig.Descriptor];
        var messages = some.Select(message => message.File)
            .SelectMany(file => file.MessageTypes.Concat(file.Dependencies.SelectMany(other => other.MessageTypes)))
            .DistinctBy(message => message.FullName).Where(message => Schemas.TryGetProperty(message.Name, out _)).ToList();
        Assert.True(messages.Count > 30);
        Assert.All(messages, message => Assert.Equal(
            message.Fields.InDeclarationOrder().Select(field => $"{field.JsonName} {TypeOf(field)}").Order(StringComparer.Ordinal),
            Properties(Schemas.GetProperty(message.Name))
                .Select(property => $"{property.Name} {TypeOf(property.Value)}").Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task What_is_answered_is_as_the_document_says()
    {
        var chord = Sounds.Chord(1);
        Check("PreviewResponse", await _http.PostAsync("/v1/preview?prompt=-P5", HttpCalls.Form(chord)).JsonAsync());
        Check("TrackResponse", await _http.PostAsync("/v1/beats", HttpCalls.Form(chord)).JsonAsync());
        Check("TokensDocument", await _http.PostAsync("/v1/encode", HttpCalls.Form(chord)).JsonAsync());
        Check("CompressResponse", await _http.PostAsync("/v1/compress?prompt=-P5&format=json", HttpCalls.Form(chord)).JsonAsync());
        Check("ListModelsResponse", await _http.GetAsync("/v1/models").JsonAsync());
        Check("DescribeModelResponse", await _http.GetAsync("/v1/models/default").JsonAsync());
        Check("VampDocument", await _http.PostAsync(
            $"/v1/vamp?{HttpCalls.Query}&format=json&return_mask&return_tokens", HttpCalls.Form(chord)).JsonAsync());
        using var failed = await _http.PostAsync("/v1/vamp?promt=1", HttpCalls.Form(chord));
        Check("Problem", JsonDocument.Parse(await failed.Content.ReadAsStringAsync()).RootElement);
    }

    private JsonElement Operation(string verb) => _document.GetProperty("paths").GetProperty($"/v1/{verb}").GetProperty("post");

    /// <summary>Fields that a query names, all but those within prompts, and lists.</summary>
    private static IEnumerable<string> Leaves(MessageDescriptor message) =>
        message.Fields.InDeclarationOrder().Where(field => !field.IsRepeated).SelectMany(
            field => field.FieldType == FieldType.Message && field.MessageType.Name != "Prompt"
                ? Leaves(field.MessageType).Select(inner => $"{field.Name}.{inner}")
                : [field.Name]);

    private static string TypeOf(FieldDescriptor field) => field.IsRepeated ? "array" : field.FieldType switch
    {
        FieldType.Message => field.MessageType.Name == "Duration" ? "string" : field.MessageType.Name,
        FieldType.Bool => "boolean",
        FieldType.Double or FieldType.Float => "number",
        FieldType.Int32 or FieldType.UInt32 or FieldType.SInt32 => "integer",
        _ => "string", // text, bytes, names of enums, and numbers of 64 bits
    };

    /// <summary>A message without fields has none.</summary>
    private static JsonElement.ObjectEnumerator Properties(JsonElement schema) =>
        schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject() : default;

    private static string TypeOf(JsonElement schema) =>
        schema.TryGetProperty("$ref", out var reference) ? reference.GetString()!.Split('/')[^1] : schema.GetProperty("type").GetString()!;

    /// <summary>Everything in a value is in its schema, with its type.</summary>
    private void Check(string name, JsonElement value) => Check(Schemas.GetProperty(name), value, name);

    private void Check(JsonElement schema, JsonElement value, string path)
    {
        if (schema.TryGetProperty("$ref", out var reference))
            schema = Schemas.GetProperty(reference.GetString()!.Split('/')[^1]);
        var type = schema.GetProperty("type").GetString();
        var actual = value.ValueKind switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Number => type == "integer" ? "integer" : "number",
            _ => "boolean",
        };
        Assert.True(type == actual, $"{path} is {actual}, the document says {type}");
        if (actual == "array")
            Assert.All(value.EnumerateArray(), item => Check(schema.GetProperty("items"), item, $"{path}[]"));
        if (actual != "object")
            return;
        foreach (var field in value.EnumerateObject())
        {
            if (schema.TryGetProperty("additionalProperties", out var any) && any.ValueKind == JsonValueKind.Object)
            {
                Check(any, field.Value, $"{path}.*");
                continue;
            }
            Assert.True(schema.GetProperty("properties").TryGetProperty(field.Name, out var own), $"{path}.{field.Name} is unknown");
            Check(own, field.Value, $"{path}.{field.Name}");
        }
    }
}
