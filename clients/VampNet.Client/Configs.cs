using Google.Protobuf;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Client;

/// <summary>
/// The settings of a vamp as those of a preview or of a compression, and back. Both hold fields of <see cref="VampConfig"/>, with the same
/// names and numbers: so on the wire each is part of the other.
/// </summary>
public static class Configs
{
    /// <summary>What decides about the mask of a vamp.</summary>
    /// <param name="config">The settings to convert; they are not changed.</param>
    public static PreviewConfig ToPreview(this VampConfig config) => Shared(config, PreviewConfig.Parser);

    /// <summary>What a .vamp file keeps of the settings of a vamp.</summary>
    /// <param name="config">The settings to convert; they are not changed.</param>
    public static CompressConfig ToCompress(this VampConfig config) => Shared(config, CompressConfig.Parser);

    /// <summary>A vamp with the mask of this preview.</summary>
    /// <param name="config">The settings to convert; they are not changed.</param>
    public static VampConfig ToVamp(this PreviewConfig config) => Shared(config, VampConfig.Parser);

    /// <summary>The vamp that this compression begins.</summary>
    /// <param name="config">The settings to convert; they are not changed.</param>
    public static VampConfig ToVamp(this CompressConfig config) => Shared(config, VampConfig.Parser);

    private static T Shared<T>(IMessage from, MessageParser<T> parser)
        where T : IMessage<T> => parser.WithDiscardUnknownFields(true).ParseFrom(from.ToByteString());
}
