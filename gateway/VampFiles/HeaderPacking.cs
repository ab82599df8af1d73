using VampNet.Protos.Generator.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.VampFiles;

/// <summary>
/// Leaves out of a header what is usual, and puts it back. What is usual belongs to version 1 of the format: it stays as
/// it is here, whatever becomes of the defaults elsewhere.
/// </summary>
internal static class HeaderPacking
{
    private const uint Codebooks = 14;
    private const uint SampleRate = 44_100;
    private const uint Hop = 768;
    private const uint Channels = 1;

    // What codecs are brought to, in hundredths of a LU.
    private const int Loudness = -2_400;

    private static readonly Sampling Usual = new()
    {
        Steps = 12,
        Temperature = 1,
        MaskTemperature = 10.5f,
        SampleCutoff = 1,
        Mode = SamplingMode.Paper,
    };

    public static VampFileHeader Pack(VampFileHeader header)
    {
        var packed = header.Clone();
        Pack(packed.Config);
        packed.Codebooks = ZeroIf(header.Codebooks, Codebooks);
        packed.SampleRate = ZeroIf(header.SampleRate, SampleRate);
        packed.Hop = ZeroIf(header.Hop, Hop);
        packed.Channels = ZeroIf(header.Channels, Channels);
        packed.SourceSampleRate = ZeroIf(header.SourceSampleRate, header.SampleRate);
        packed.SourceChannels = ZeroIf(header.SourceChannels, header.Channels);
        packed.SourceSamples = header.SourceSamples == header.Samples ? 0 : header.SourceSamples;
        if (header.LoudnessHundredths == Loudness - header.GainHundredths)
            packed.ClearLoudnessHundredths();
        if (header.OpeningHundredths == header.LoudnessHundredths)
            packed.ClearOpeningHundredths();
        return packed;
    }

    public static VampFileHeader Unpack(VampFileHeader packed)
    {
        var header = packed.Clone();
        header.Config ??= new VampConfig();
        Unpack(header.Config);
        header.Codebooks = IfZero(packed.Codebooks, Codebooks);
        header.SampleRate = IfZero(packed.SampleRate, SampleRate);
        header.Hop = IfZero(packed.Hop, Hop);
        header.Channels = IfZero(packed.Channels, Channels);
        header.SourceSampleRate = IfZero(packed.SourceSampleRate, header.SampleRate);
        header.SourceChannels = IfZero(packed.SourceChannels, header.Channels);
        header.SourceSamples = packed.SourceSamples == 0 ? header.Samples : packed.SourceSamples;
        header.LoudnessHundredths = packed.HasLoudnessHundredths ? packed.LoudnessHundredths : Loudness - packed.GainHundredths;
        header.OpeningHundredths = packed.HasOpeningHundredths ? packed.OpeningHundredths : header.LoudnessHundredths;
        return header;
    }

    private static void Pack(VampConfig config)
    {
        (config.CoarseSampling, config.FineSampling) = (Pack(config.CoarseSampling), Pack(config.FineSampling));
        (config.Feedback, config.Repeat) = (ZeroIf(config.Feedback, 1), ZeroIf(config.Repeat, 1));
        config.Stretch = config.Stretch == 1 ? 0 : config.Stretch;
        config.Stereo = config.Stereo == StereoPolicy.Mono ? StereoPolicy.Unspecified : config.Stereo;
    }

    private static void Unpack(VampConfig config)
    {
        (config.CoarseSampling, config.FineSampling) = (Unpack(config.CoarseSampling), Unpack(config.FineSampling));
        (config.Feedback, config.Repeat) = (IfZero(config.Feedback, 1), IfZero(config.Repeat, 1));
        config.Stretch = config.Stretch == 0 ? 1 : config.Stretch;
        config.Stereo = config.Stereo == StereoPolicy.Unspecified ? StereoPolicy.Mono : config.Stereo;
    }

    private static Sampling? Pack(Sampling? sampling)
    {
        if (sampling is null)
            return null;
        var packed = sampling.Clone();
        if (packed.Steps == Usual.Steps)
            packed.ClearSteps();
        if (packed.Temperature == Usual.Temperature)
            packed.ClearTemperature();
        if (packed.MaskTemperature == Usual.MaskTemperature)
            packed.ClearMaskTemperature();
        if (packed.SampleCutoff == Usual.SampleCutoff)
            packed.ClearSampleCutoff();
        if (packed.Mode == Usual.Mode)
            packed.Mode = SamplingMode.Unspecified;
        return packed.CalculateSize() == 0 ? null : packed;
    }

    private static Sampling Unpack(Sampling? packed)
    {
        var sampling = Usual.Clone();
        sampling.MergeFrom(packed);
        return sampling;
    }

    private static uint ZeroIf(uint value, uint usual) => value == usual ? 0 : value;

    private static uint IfZero(uint value, uint usual) => value == 0 ? usual : value;
}
