using Google.Protobuf.Reflection;
using VampNet.Protos.Prompt.V1;

namespace VampNet.Gateway.Http.Forms;

/// <summary>The fields of a request that a query can set.</summary>
internal static class FieldNames
{
    /// <summary>By their names, with dots; a prompt is one, which has a form of its own.</summary>
    public static IEnumerable<string> Of(MessageDescriptor message) => Fields(message).Select(field => field.Name);

    /// <inheritdoc cref="Of"/>
    public static IEnumerable<(string Name, FieldDescriptor Field)> Fields(MessageDescriptor message) =>
        message.Fields.InFieldNumberOrder().Where(field => !field.IsRepeated).SelectMany(field => IsForm(field)
            ? Fields(field.MessageType).Select(inner => ($"{field.Name}.{inner.Name}", inner.Field))
            : [(field.Name, field)]);

    private static bool IsForm(FieldDescriptor field) => field.FieldType == FieldType.Message && field.MessageType != Prompt.Descriptor;
}
