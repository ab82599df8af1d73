using System.Buffers.Binary;
using System.Text;
using VampNet.Audio.Files;

namespace VampNet.Audio.Tests;

public class BadAudioTests
{
    private const int WavRateOffset = 24;
    private const int WavHeaderBytes = 44;

    [Fact]
    public void Empty_audio_is_refused() => Refused(AudioProblem.Empty, "empty", []);

    [Fact]
    public void Text_and_pictures_are_not_audio()
    {
        Refused(AudioProblem.NotAudio, "not audio", Encoding.UTF8.GetBytes(new string('a', 5_000)));
        Refused(AudioProblem.NotAudio, "not audio", [0x89, .. "PNG\r\n\x1a\n"u8, .. new byte[1_000]]);
        Refused(AudioProblem.NotAudio, "not audio", [.. "RIFF"u8, 4, 0, 0, 0, .. "AVI "u8, .. new byte[1_000]]);
        Refused(AudioProblem.NotAudio, "not audio", [0]);
    }

    [Theory]
    [InlineData(AudioFormat.Wav16, 3)]
    [InlineData(AudioFormat.Wav16, 11)]
    [InlineData(AudioFormat.Wav16, 20)]
    [InlineData(AudioFormat.Wav16, 30)]
    [InlineData(AudioFormat.Flac, 4)]
    [InlineData(AudioFormat.Flac, 20)]
    [InlineData(AudioFormat.OggVorbis, 4)]
    [InlineData(AudioFormat.OggVorbis, 40)]
    [InlineData(AudioFormat.Opus, 40)]
    [InlineData(AudioFormat.Mp3, 3)]
    public void A_truncated_header_is_refused(AudioFormat format, int length) =>
        Refused(AudioProblem.Damaged, "truncated", AudioFile.Encode(Signals.Sine(440, 1, 48_000), format)[..length]);

    [Fact]
    public void A_file_without_samples_is_refused()
    {
        Refused(AudioProblem.NoSamples, "no samples", AudioFile.Encode(new AudioBuffer([], 44_100), AudioFormat.WavFloat));
        Refused(AudioProblem.NoSamples, "no samples", AudioFile.Encode(Signals.Sine(440, 1), AudioFormat.Wav16)[..WavHeaderBytes]);
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "infinite")]
    [InlineData(float.NegativeInfinity, "infinite")]
    public void A_sample_that_is_not_finite_is_refused_with_its_time(float bad, string name)
    {
        var audio = Signals.Sine(440, 1, 44_100, channels: 2);
        audio.Samples[2 * 22_050 + 1] = bad;
        var refused = Refused(AudioProblem.NotFinite, name, AudioFile.Encode(audio, AudioFormat.WavFloat));
        Assert.Contains("0.500 s", refused.Message, StringComparison.Ordinal);
        Refused(
            AudioProblem.NotFinite, name,
            () => RawPcm.Decode(RawPcm.Encode(audio.Samples, PcmEncoding.F32Le), PcmEncoding.F32Le, 44_100, 2));
    }

    /// <summary>Before, they failed after generation, as a gain out of range.</summary>
    [Theory]
    [InlineData(101f)]
    [InlineData(-32_768f)]
    [InlineData(1e38f)]
    [InlineData(float.MinValue)]
    public void Samples_far_beyond_full_scale_are_refused(float loud)
    {
        var audio = Signals.Sine(440, 1, 44_100, channels: 2);
        audio.Samples[2 * 22_050] = loud;
        var refused = Refused(AudioProblem.OutOfRange, "full scale is 1", AudioFile.Encode(audio, AudioFormat.WavFloat));
        Assert.Contains("0.500 s", refused.Message, StringComparison.Ordinal);
        Refused(
            AudioProblem.OutOfRange, "units of integers",
            () => RawPcm.Decode(RawPcm.Encode(audio.Samples, PcmEncoding.F32Le), PcmEncoding.F32Le, 44_100, 2));
        audio.Samples[2 * 22_050] = 100;
        Assert.NotNull(AudioFile.Read(AudioFile.Encode(audio, AudioFormat.WavFloat)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3_999)]
    [InlineData(384_001)]
    [InlineData(int.MaxValue)]
    public void Absurd_sample_rates_are_refused(int rate)
    {
        Refused(AudioProblem.SampleRate, $"{rate} Hz", WavWithRate(rate));
        Refused(AudioProblem.SampleRate, $"{rate} Hz", () => RawPcm.Decode(new byte[400], PcmEncoding.F32Le, rate, 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Sample_rates_that_are_none_are_refused(int rate)
    {
        Assert.Throws<InvalidAudioException>(() => AudioFile.Read(WavWithRate(rate)));
        Refused(AudioProblem.SampleRate, $"{rate} Hz", () => RawPcm.Decode(new byte[400], PcmEncoding.F32Le, rate, 1));
    }

    [Fact]
    public void Too_many_channels_or_none_are_refused()
    {
        Refused(AudioProblem.Channels, "9 channels", AudioFile.Encode(Signals.Sine(440, 0.1, 44_100, channels: 9), AudioFormat.Wav16));
        Refused(AudioProblem.Channels, "0 channels", () => RawPcm.Decode(new byte[400], PcmEncoding.F32Le, 44_100, 0));
    }

    [Theory]
    [InlineData(AudioFormat.Wav16)]
    [InlineData(AudioFormat.Flac)]
    [InlineData(AudioFormat.OggVorbis)]
    [InlineData(AudioFormat.Opus)]
    [InlineData(AudioFormat.Mp3)]
    public void Audio_longer_than_the_limit_is_refused(AudioFormat format)
    {
        var bytes = AudioFile.Encode(Signals.Sine(440, 3, 48_000), format);
        Refused(AudioProblem.TooLong, "2.5 seconds", () => AudioFile.Read(bytes, new AudioLimits { MaxSeconds = 2.5 }));
        Assert.NotNull(AudioFile.Read(bytes, new AudioLimits { MaxSeconds = 3.2 }));
    }

    [Fact]
    public void A_small_file_that_unpacks_to_too_much_is_refused()
    {
        var silence = AudioFile.Encode(new AudioBuffer(new float[8 * 100_000], 44_100, channels: 8), AudioFormat.Flac);
        Assert.InRange(silence.Length, 1, 50_000);
        Refused(AudioProblem.TooLong, "8 channels", () => AudioFile.Read(silence, new AudioLimits { MaxSamples = 8 * 100_000 - 1 }));
        Assert.NotNull(AudioFile.Read(silence, new AudioLimits { MaxSamples = 8 * 100_000 }));
    }

    [Fact]
    public void Exactly_the_limit_is_fine()
    {
        var audio = Signals.Sine(440, 2);
        Assert.Equal(audio.Frames, AudioFile.Read(AudioFile.Encode(audio, AudioFormat.Wav16), new AudioLimits { MaxSeconds = 2 }).Frames);
    }

    [Fact]
    public void Raw_samples_that_are_empty_cut_or_too_many_are_refused()
    {
        Refused(AudioProblem.Empty, "empty", () => RawPcm.Decode([], PcmEncoding.S16Le, 44_100, 1));
        Refused(AudioProblem.Damaged, "whole frames of 4 bytes", () => RawPcm.Decode(new byte[402], PcmEncoding.S16Le, 44_100, 2));
        Refused(
            AudioProblem.TooLong, "1 seconds",
            () => RawPcm.Decode(new byte[88_202], PcmEncoding.S16Le, 44_100, 1, new AudioLimits { MaxSeconds = 1 }));
    }

    private static byte[] WavWithRate(int rate)
    {
        var bytes = AudioFile.Encode(Signals.Sine(440, 0.1), AudioFormat.Wav16);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(WavRateOffset), rate);
        return bytes;
    }

    private static InvalidAudioException Refused(AudioProblem problem, string words, byte[] bytes) =>
        Refused(problem, words, () => AudioFile.Read(bytes));

    private static InvalidAudioException Refused(AudioProblem problem, string words, Func<AudioBuffer> read)
    {
        var refused = Assert.Throws<InvalidAudioException>(read);
        Assert.Equal(problem, refused.Problem);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        return refused;
    }
}
