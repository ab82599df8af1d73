using Google.Protobuf;
using VampNet.Gateway.Prompts;
using VampNet.Model.Tokens;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Mapping;

namespace VampNet.Gateway.Containers;

/// <summary>Headers of .vamp files: made from what a file holds, and back. Here every field is spelled out.</summary>
internal static class VampFileHeaders
{
    // What codecs are brought to, in LUFS; a loudness this close to what the gain says is that.
    private const double CodecLoudness = -24;
    private const double Rounding = 1e-9;

    public static VampFileHeader From(VampFile file)
    {
        var (encoded, source) = (file.Encoded, file.Encoded.Source);
        var header = new VampFileHeader
        {
            Config = Essentials(file.Config),
            Model = ByteString.CopyFrom(file.Model),
            Codebooks = (uint)file.Mask.Codebooks,
            Frames = (uint)file.Mask.Frames,
            Samples = encoded.Samples,
            SampleRate = encoded.SampleRate,
            Hop = encoded.Hop,
            Channels = (uint)file.Channels.Count,
            GainDb = encoded.GainDb,
            SourceSampleRate = source.SampleRate,
            SourceChannels = source.Channels,
            SourceSamples = (ulong)Math.Round(source.Seconds * source.SampleRate),
        };
        if (Math.Abs(source.LoudnessLufs - UsualLoudness(header)) > Rounding)
            header.LoudnessLufs = source.LoudnessLufs;
        return header;
    }

    public static VampFile ToFile(VampFileHeader header, TokenMask mask, IReadOnlyList<TokenGrid> channels)
    {
        var config = header.Config.Clone();
        if (config.Prompt.HoldsMask())
            config.Prompt = new Protos.Prompt.V1.Prompt { Mask = mask.ToProto() };
        var encoded = new EncodeHeader
        {
            Source = new SourceInfo
            {
                SampleRate = header.SourceSampleRate,
                Channels = header.SourceChannels,
                Seconds = (double)header.SourceSamples / header.SourceSampleRate,
                LoudnessLufs = header.HasLoudnessLufs ? header.LoudnessLufs : UsualLoudness(header),
            },
            SampleRate = header.SampleRate,
            Hop = header.Hop,
            Codebooks = header.Codebooks,
            Frames = header.Frames,
            Samples = header.Samples,
            Channels = header.Channels,
            GainDb = header.GainDb,
        };
        return new VampFile(config, encoded, header.Model.ToByteArray(), mask, channels);
    }

    /// <summary>The settings that shape the tokens: not what the caller wants of an answer.</summary>
    private static VampConfig Essentials(VampConfig config)
    {
        var essentials = config.Clone();
        (essentials.Input, essentials.Output) = (null, null);
        (essentials.Variations, essentials.MatchSource, essentials.ReturnMask, essentials.ReturnTokens) = (0, false, false, false);
        foreach (var prompt in essentials.Prompt.Parts())
        {
            if (prompt.Mask is { } mask)
                mask.Data = ByteString.Empty;
        }
        return essentials;
    }

    private static double UsualLoudness(VampFileHeader header) => CodecLoudness - header.GainDb;
}
