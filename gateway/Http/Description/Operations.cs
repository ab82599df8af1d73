using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Microsoft.OpenApi;
using VampNet.Gateway.Http.Answers;
using VampNet.Gateway.Http.Forms;
using VampNet.Gateway.Http.Verbs;
using VampNet.Gateway.Http.Wire;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Tokens.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.Http.Description;

/// <summary>Verbs as operations of an OpenAPI document.</summary>
internal sealed class Operations
{
    private const string Problem = "Problem", Music = "VampDocument", Tokens = "TokensDocument";

    private readonly OpenApiDocument _document;
    private readonly MessageSchemas _schemas;

    public Operations(OpenApiDocument document, MessageSchemas schemas)
    {
        (_document, _schemas) = (document, schemas);
        schemas.Add(Problem, Object(
            ("type", Text), ("title", Text), ("status", Whole), ("detail", Text), ("reason", Text), ("retry_after", Number),
            ("errors", new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = Many(Text) })));
        IEnumerable<(string, IOpenApiSchema)> variation =
        [
            ("mask", schemas.Of(TokenMask.Descriptor)), ("header", schemas.Of(AudioHeader.Descriptor)),
            ("audio", new OpenApiSchema { Type = JsonSchemaType.String, Format = "byte" }),
            ("tokens", Many(schemas.Of(VampResponse.Descriptor))),
            .. VampSummary.Descriptor.Fields.InFieldNumberOrder().Select(field => (field.JsonName, schemas.Of(field))),
        ];
        schemas.Add(Music, Object(
            ("started", schemas.Of(VampStarted.Descriptor)), ("source", schemas.Of(SourceInfo.Descriptor)),
            ("variations", Many(Object(variation)))));
        schemas.Add(Tokens, Object(
            ("header", schemas.Of(EncodeHeader.Descriptor)), ("channels", Many(schemas.Of(TokenTensor.Descriptor)))));
    }

    private static OpenApiSchema Text => new() { Type = JsonSchemaType.String };

    private static OpenApiSchema Whole => new() { Type = JsonSchemaType.Integer };

    private static OpenApiSchema Number => new() { Type = JsonSchemaType.Number };

    private static OpenApiSchema Binary => new() { Type = JsonSchemaType.String, Format = "binary" };

    public OpenApiOperation Of(HttpVerb verb) => new()
    {
        OperationId = verb.Name,
        Summary = $"Stands for the call {verb.GrpcPath.TrimStart('/')}.",
        Parameters = [.. Parameters(verb)],
        RequestBody = verb is UploadVerb upload ? Body(upload) : null,
        Responses = new OpenApiResponses
        {
            ["200"] = new OpenApiResponse
            {
                Description = "What was made.",
                Content = verb.Offers.Select(offer => offer.MediaType).Distinct()
                    .ToDictionary(type => type, type => new OpenApiMediaType { Schema = Response(verb, type) }),
            },
            ["default"] = new OpenApiResponse
            {
                Description = "What went wrong.",
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [Problems.ContentType] = new() { Schema = new OpenApiSchemaReference(Problem, _document) },
                },
            },
        },
    };

    private static OpenApiSchema Many(IOpenApiSchema items) => new() { Type = JsonSchemaType.Array, Items = items };

    private static OpenApiSchema Object(params IEnumerable<(string Name, IOpenApiSchema Schema)> fields) =>
        new() { Type = JsonSchemaType.Object, Properties = fields.ToDictionary(field => field.Name, field => field.Schema) };

    private static IEnumerable<IOpenApiParameter> Parameters(HttpVerb verb)
    {
        if (verb.HasName)
            yield return new OpenApiParameter
            {
                Name = HttpVerb.NameParameter,
                In = ParameterLocation.Path,
                Required = true,
                Schema = Text,
            };
        if (verb.Offers.Count > 1)
            yield return Query(
                "format", "As Accept says it; where that says text/event-stream or application/json, the audio in it.",
                Names(verb.Offers.Select(offer => offer.Name)));
        yield return Query("timeout_seconds", "How long the client waits.", Number);
        foreach (var own in verb.Parameters)
        {
            var schema = own.Type switch { "number" => Number, "integer" => Whole, _ => Text };
            yield return Query(own.Name, own.Description, own.IsRepeated ? Many(schema) : schema);
        }
        foreach (var (name, field) in verb.HasName ? [] : FieldNames.Fields(verb.Form))
            yield return Query(name, $"{field.ContainingType.Name}.{field.Name}", Form(field));
    }

    private static OpenApiParameter Query(string name, string description, IOpenApiSchema schema) =>
        new() { Name = name, In = ParameterLocation.Query, Description = description, Schema = schema };

    private static OpenApiSchema Names(IEnumerable<string> names) =>
        new() { Type = JsonSchemaType.String, Enum = [.. names.Select(name => (JsonNode)name)] };

    /// <summary>A field as a query writes it.</summary>
    private static OpenApiSchema Form(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Bool => new OpenApiSchema { Type = JsonSchemaType.Boolean },
        FieldType.Double or FieldType.Float => Number,
        FieldType.Int32 or FieldType.UInt32 or FieldType.Int64 or FieldType.UInt64 => Whole,
        FieldType.Enum => Names(FieldValues.Names(field.EnumType)),
        _ => Text,
    };

    private OpenApiRequestBody Body(UploadVerb verb)
    {
        var form = Object(("request", _schemas.Of(verb.Form)), (verb.Part, Binary));
        form.Required = new HashSet<string> { verb.Part };
        return new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["multipart/form-data"] = new() { Schema = form },
                ["application/octet-stream"] = new() { Schema = Binary },
            },
        };
    }

    private IOpenApiSchema Response(HttpVerb verb, string mediaType)
    {
        var message = verb.Method.OutputType;
        if (mediaType == ResponseFormat.Events.MediaType)
            return new OpenApiSchema { Type = JsonSchemaType.String, Description = $"Events; the data of each is a {message.Name}." };
        if (mediaType != ResponseFormat.Json.MediaType)
            return Binary;
        return message == VampResponse.Descriptor || message == ExpandResponse.Descriptor ? new OpenApiSchemaReference(Music, _document)
            : message == EncodeResponse.Descriptor ? new OpenApiSchemaReference(Tokens, _document)
            : _schemas.Of(message);
    }
}
