using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Microsoft.OpenApi;

namespace VampNet.Gateway.Http.Description;

/// <summary>Messages of the contracts as schemas of the JSON that protobuf makes of them.</summary>
internal sealed class MessageSchemas(OpenApiDocument document)
{
    /// <summary>A reference to a message, which the document has from now on.</summary>
    public OpenApiSchemaReference Of(MessageDescriptor message)
    {
        if (document.Components?.Schemas?.ContainsKey(message.Name) != true)
        {
            var schema = new OpenApiSchema { Type = JsonSchemaType.Object, Properties = new Dictionary<string, IOpenApiSchema>() };
            Add(message.Name, schema); // before its fields: a prompt holds prompts
            foreach (var field in message.Fields.InFieldNumberOrder())
                schema.Properties.Add(field.JsonName, Of(field));
        }
        return new OpenApiSchemaReference(message.Name, document);
    }

    public void Add(string name, OpenApiSchema schema) => document.AddComponent(name, schema);

    public IOpenApiSchema Of(FieldDescriptor field) =>
        field.IsRepeated ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = Single(field) } : Single(field);

    private IOpenApiSchema Single(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message when field.MessageType == Duration.Descriptor =>
            new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "s$" },
        FieldType.Message => Of(field.MessageType),
        FieldType.Enum => new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Enum = [.. field.EnumType.Values.Select(value => (JsonNode)value.Name)],
        },
        _ => Scalar(field.FieldType),
    };

    /// <summary>64 bits are text in JSON, whose numbers have fewer.</summary>
    private static OpenApiSchema Scalar(FieldType type) => type switch
    {
        FieldType.Bool => new OpenApiSchema { Type = JsonSchemaType.Boolean },
        FieldType.Double or FieldType.Float => new OpenApiSchema { Type = JsonSchemaType.Number },
        FieldType.Int32 or FieldType.UInt32 => new OpenApiSchema { Type = JsonSchemaType.Integer },
        FieldType.Bytes => new OpenApiSchema { Type = JsonSchemaType.String, Format = "byte" },
        FieldType.Int64 or FieldType.UInt64 => new OpenApiSchema { Type = JsonSchemaType.String, Format = "int64" },
        _ => new OpenApiSchema { Type = JsonSchemaType.String },
    };
}
