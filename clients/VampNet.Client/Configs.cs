using Google.Protobuf;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Client;

/// <summary>
/// The settings of a vamp as those of a preview or of a compression, and back. Both hold fields of <see cref="VampConfig"/>, by the same
/// names.
/// </summary>
public static class Configs
{
    /// <summary>What decides about the mask of a vamp.</summary>
    /// <param name="config">is not changed</param>
    public static PreviewConfig ToPreview(this VampConfig config) => Shared<PreviewConfig>(config);

    /// <summary>What a .vamp file keeps of the settings of a vamp.</summary>
    /// <param name="config">is not changed</param>
    public static CompressConfig ToCompress(this VampConfig config) => Shared<CompressConfig>(config);

    /// <summary>A vamp with the mask of this preview.</summary>
    /// <param name="config">is not changed</param>
    public static VampConfig ToVamp(this PreviewConfig config) => Shared<VampConfig>(config);

    /// <summary>The vamp that this compression begins.</summary>
    /// <param name="config">is not changed</param>
    public static VampConfig ToVamp(this CompressConfig config) => Shared<VampConfig>(config);

    /// <summary>The fields of one message that another has, too.</summary>
    private static T Shared<T>(IMessage from)
        where T : IMessage<T>, new()
    {
        var to = new T();
        // A copy, so that nothing in the one is part of the other.
        from = from.Descriptor.Parser.ParseFrom(from.ToByteString());
        foreach (var field in to.Descriptor.Fields.InDeclarationOrder())
        {
            if (from.Descriptor.FindFieldByName(field.Name) is { } same && (!same.HasPresence || same.Accessor.HasValue(from)))
                field.Accessor.SetValue(to, same.Accessor.GetValue(from));
        }
        return to;
    }
}
