using Google.Protobuf;

namespace VampNet.Gateway.Http.Answers;

/// <summary>Messages as JSON, as protobuf itself has it, with fields that are zero written out.</summary>
internal static class ProtoJson
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    public static string Format(IMessage message) => Formatter.Format(message);

    /// <summary>Which of the messages of a stream this is, such as "started"; empty = none.</summary>
    public static string CaseOf(IMessage message) =>
        message.Descriptor.Oneofs[0].Accessor.GetCaseFieldDescriptor(message)?.Name ?? "";
}
