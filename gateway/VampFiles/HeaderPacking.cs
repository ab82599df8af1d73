using Google.Protobuf;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.VampFiles;

/// <summary>
/// Leaves out of a header what is usual, and puts it back. What is usual belongs to version 1 of the format: it stays as
/// it is here, whatever becomes of the defaults elsewhere.
/// </summary>
internal static class HeaderPacking
{
    // What codecs are brought to, in hundredths of a LU.
    private const int Loudness = -2_400;

    private static readonly Sampling UsualSampling = new()
    {
        Steps = 12,
        Temperature = 1,
        MaskTemperature = 10.5f,
        SampleCutoff = 1,
        Mode = SamplingMode.Paper,
    };

    private static readonly VampFileHeader Usual = new()
    {
        Config = new VampConfig
        {
            CoarseSampling = UsualSampling,
            FineSampling = UsualSampling,
            Feedback = 1,
            Repeat = 1,
            Stretch = 1,
            TokenStretch = 1,
            Stereo = StereoPolicy.Mono,
        },
        Codebooks = 14,
        SampleRate = 44_100,
        Hop = 768,
        Channels = 1,
    };

    public static VampFileHeader Pack(VampFileHeader header)
    {
        var packed = header.Clone();
        LeaveOut(packed, Usual);
        packed.SourceSampleRate = header.SourceSampleRate == header.SampleRate ? 0 : header.SourceSampleRate;
        packed.SourceChannels = header.SourceChannels == header.Channels ? 0 : header.SourceChannels;
        packed.SourceSamples = header.SourceSamples == header.Samples ? 0 : header.SourceSamples;
        if (header.LoudnessHundredths == Loudness - header.GainHundredths)
            packed.ClearLoudnessHundredths();
        if (header.OpeningHundredths == header.LoudnessHundredths)
            packed.ClearOpeningHundredths();
        return packed;
    }

    public static VampFileHeader Unpack(VampFileHeader packed)
    {
        var header = Usual.Clone();
        header.MergeFrom(packed);
        header.SourceSampleRate = packed.SourceSampleRate == 0 ? header.SampleRate : packed.SourceSampleRate;
        header.SourceChannels = packed.SourceChannels == 0 ? header.Channels : packed.SourceChannels;
        header.SourceSamples = packed.SourceSamples == 0 ? header.Samples : packed.SourceSamples;
        header.LoudnessHundredths = packed.HasLoudnessHundredths ? packed.LoudnessHundredths : Loudness - packed.GainHundredths;
        header.OpeningHundredths = packed.HasOpeningHundredths ? packed.OpeningHundredths : header.LoudnessHundredths;
        return header;
    }

    /// <summary>Clears the fields of a message that are set as in another, and those of the messages that it holds.</summary>
    /// <returns>true where nothing is left</returns>
    private static bool LeaveOut(IMessage message, IMessage usual)
    {
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            var accessor = field.Accessor;
            if (field.IsRepeated || (field.HasPresence && !(accessor.HasValue(message) && accessor.HasValue(usual))))
                continue;
            var (value, other) = (accessor.GetValue(message), accessor.GetValue(usual));
            if (value is IMessage part ? LeaveOut(part, (IMessage)other) : value.Equals(other))
                accessor.Clear(message);
        }
        return message.CalculateSize() == 0;
    }
}
