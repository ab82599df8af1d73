using Google.Protobuf;
using VampNet.Client;
using VampNet.Core.Tokens;
using VampNet.Gateway.Requests;
using VampNet.Gateway.Sources;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Mapping;
using Prompt = VampNet.Protos.Prompt.V1.Prompt;

namespace VampNet.Gateway.VampFiles;

/// <summary>Headers of .vamp files: made from what a file holds, and back. Here every field is spelled out.</summary>
internal static class VampFileHeaders
{
    public static VampFileHeader From(VampFile file) => new()
    {
        Config = Essentials(file.Config, file.Channels.Count),
        Model = ByteString.CopyFrom(file.Model),
        Codebooks = (uint)file.Mask.Codebooks,
        Frames = (uint)file.Mask.Frames,
        Samples = (ulong)file.Samples,
        SampleRate = (uint)file.Rate.SampleRate,
        Hop = (uint)file.Rate.Hop,
        Channels = (uint)file.Channels.Count,
        GainHundredths = Hundredths(file.GainDb),
        SourceSampleRate = file.Source.SampleRate,
        SourceChannels = file.Source.Channels,
        SourceSamples = (ulong)Math.Round(file.Source.Seconds * file.Source.SampleRate),
        LoudnessHundredths = Hundredths(file.Source.LoudnessLufs),
        OpeningHundredths = Hundredths(file.Opening.All),
        EarlyTenths = { file.Opening.EarlyTenths },
    };

    public static VampFile ToFile(VampFileHeader header, TokenMask mask, IReadOnlyList<TokenGrid> channels)
    {
        var config = header.Config.Clone();
        if (config.Prompt.HoldsMask())
            config.Prompt = new Prompt { Mask = mask.ToProto() };
        var source = new SourceInfo
        {
            SampleRate = header.SourceSampleRate,
            Channels = header.SourceChannels,
            Seconds = (double)header.SourceSamples / header.SourceSampleRate,
            LoudnessLufs = header.LoudnessHundredths / 100.0,
        };
        var opening = header.OpeningHundredths / 100.0;
        return new VampFile(
            config, source, Rate(header), (long)header.Samples, header.GainHundredths / 100.0,
            new OpeningLoudness(opening, header.EarlyTenths.Select(tenths => opening + tenths / 10.0)), header.Model.ToByteArray(), mask,
            channels);
    }

    public static FrameRate Rate(VampFileHeader header) => new((int)header.SampleRate, (int)header.Hop);

    /// <summary>The settings that shape the tokens: not what the caller wants of an answer.</summary>
    private static VampConfig Essentials(VampConfig config, int channels)
    {
        var essentials = config.Clone();
        (essentials.Input, essentials.Output) = (null, null);
        (essentials.Variations, essentials.MatchSource, essentials.ReturnMask, essentials.ReturnTokens) = (0, false, false, false);
        essentials.SnapToBeats = false;
        essentials.Priority = Priority.Unspecified;
        essentials.Stereo = channels == 1 ? StereoPolicy.Mono : essentials.Stereo;
        foreach (var prompt in essentials.Prompt.Parts())
        {
            if (prompt.Mask is { } mask)
                mask.Data = ByteString.Empty;
        }
        return essentials;
    }

    private static int Hundredths(double decibels) => (int)Math.Round(Math.Round(decibels, 2) * 100);
}
