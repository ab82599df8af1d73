using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using VampNet.Audio.Files;

namespace VampNet.Audio.Tests;

/// <summary>Files as they are found in the wild: all of the music is read, or the message says why not and what helps.</summary>
public class FileFormatTests
{
    private const int Rate = 44_100;

    private static readonly AudioBuffer s_music = Signals.Sine(440, 1);
    private static readonly byte[] s_pcm = RawPcm.Encode(s_music.Samples, PcmEncoding.S16Le);

    [Theory]
    [InlineData(AudioFormat.OggVorbis)]
    [InlineData(AudioFormat.Opus)]
    [InlineData(AudioFormat.Mp3)]
    public void Streams_that_follow_each_other_are_all_read(AudioFormat format)
    {
        var first = AudioFile.Encode(Signals.Sine(440, 1, 48_000), format);
        var second = AudioFile.Encode(Signals.Sine(660, 2, 48_000), format);
        var (a, b) = (AudioFile.Read(first), AudioFile.Read(second));
        float[] expected = [.. a.Samples, .. b.Samples, .. a.Samples];
        Assert.Equal(expected, AudioFile.Read([.. first, .. second, .. first]).Samples);
    }

    [Fact]
    public void The_end_of_a_chain_is_damaged_at_its_time_in_the_whole()
    {
        var link = AudioFile.Encode(Signals.Chord(3, 48_000, 1), AudioFormat.OggVorbis);
        var second = (byte[])link.Clone();
        second[second.Length / 2] ^= 1;
        var refused = Assert.Throws<InvalidAudioException>(() => AudioFile.Read([.. link, .. second]));
        Assert.Matches(@"damaged at [34]\.\d{3} s", refused.Message);
        using var reader = new SoundFileReader(new MemoryStream([.. link, .. second]), null, allowDamaged: true);
        Assert.Equal(6 * 48_000, reader.ReadToEnd().Frames);
    }

    [Theory]
    [InlineData(AudioFormat.OggVorbis)]
    [InlineData(AudioFormat.Mp3)]
    public void A_sample_rate_that_changes_is_refused(AudioFormat format)
    {
        byte[] file = [.. AudioFile.Encode(Signals.Sine(440, 1), format), .. AudioFile.Encode(Signals.Sine(440, 1, 22_050), format)];
        var refused = Assert.Throws<InvalidAudioException>(() => AudioFile.Read(file));
        Assert.Equal(AudioProblem.SampleRate, refused.Problem);
        Assert.Matches(@"changes at 1\.0\d\d s, from 44100 to 22050 Hz", refused.Message);
    }

    [Fact]
    public void Channels_that_change_are_refused()
    {
        byte[] file =
        [
            .. AudioFile.Encode(Signals.Sine(440, 1), AudioFormat.Mp3),
            .. AudioFile.Encode(Signals.Chord(1, Rate, channels: 2), AudioFormat.Mp3)];
        Assert.Equal(AudioProblem.Channels, Assert.Throws<InvalidAudioException>(() => AudioFile.Read(file)).Problem);
    }

    public static TheoryData<string, byte[]> Fronts => new()
    {
        { "one zero", new byte[1] },
        { "a tag", Tag(100) },
        { "two tags", [.. Tag(100), .. Tag(5_000)] },
        { "a tag and zeros", [.. Tag(100), .. new byte[2_048]] },
        { "the end of a frame that was cut", [.. Enumerable.Repeat((byte)0x55, 90)] },
        { "a large tag", Tag(200_000) },
    };

    [Theory]
    [MemberData(nameof(Fronts))]
    public void What_is_in_front_of_an_mp3(string what, byte[] front)
    {
        var file = AudioFile.Encode(s_music, AudioFormat.Mp3);
        Assert.True(AudioFile.Read(file).Samples.AsSpan().SequenceEqual(AudioFile.Read([.. front, .. file]).Samples), what);
    }

    public static TheoryData<string, byte[]> Ends => new()
    {
        { "zeros", new byte[3_000] },
        { "ID3v1", [.. "TAG"u8, .. new byte[125]] },
        { "APEv2", [.. Ape(0xA0), .. new byte[50], .. Ape(0x80)] },
        { "Lyrics3 and ID3v1", [.. "LYRICSBEGIN"u8, .. new byte[20], .. "000031LYRICS200"u8, .. "TAG"u8, .. new byte[125]] },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public void What_is_behind_an_mp3(string what, byte[] end)
    {
        var file = AudioFile.Encode(s_music, AudioFormat.Mp3);
        Assert.True(AudioFile.Read(file).Samples.AsSpan().SequenceEqual(AudioFile.Read([.. file, .. end]).Samples), what);
    }

    [Fact]
    public void Tags_around_a_flac_change_nothing()
    {
        var file = AudioFile.Encode(s_music, AudioFormat.Flac);
        Assert.Equal(AudioFile.Read(file).Samples, AudioFile.Read([.. Tag(300), .. file, .. "TAG"u8, .. new byte[125]]).Samples);
    }

    /// <summary>An encoder that writes to a pipe cannot go back to say how much it wrote.</summary>
    [Fact]
    public void A_flac_that_does_not_say_how_long_it_is()
    {
        var file = AudioFile.Encode(s_music, AudioFormat.Flac);
        file[21] &= 0xF0;
        file.AsSpan(22, 20).Clear(); // total samples, MD5
        Assert.Equal(s_music.Frames, AudioFile.Read(file).Frames);
    }

    /// <summary>The MD5 in its header is that of the 16-bit samples.</summary>
    [Fact]
    public void Flac_in_ogg_is_read_to_the_bit_and_its_damage_is_noticed()
    {
        var file = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Files", "oggflac.oga"));
        var md5 = file.AsSpan(file.AsSpan().IndexOf("fLaC"u8) + 8 + 18, 16).ToArray();
        Assert.Equal(md5, Md5(AudioFile.Read(file)));
        file[^20_000] ^= 1;
        Assert.Equal(AudioProblem.Damaged, Assert.Throws<InvalidAudioException>(() => AudioFile.Read(file)).Problem);
        using var reader = new SoundFileReader(new MemoryStream(file), null, allowDamaged: true);
        Assert.Equal(2 * Rate, reader.ReadToEnd().Frames);

        static byte[] Md5(AudioBuffer audio)
        {
#pragma warning disable CA5351 // a checksum, no secret
            return MD5.HashData(RawPcm.Encode(audio.Samples, PcmEncoding.S16Le));
#pragma warning restore CA5351
        }
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(uint.MaxValue)]
    [InlineData(0x7FFF_FFFFu)]
    [InlineData(0x7FFF_F000u)]
    public void A_wav_from_a_pipe_is_read_to_its_end(uint size)
    {
        var file = AudioFile.Encode(s_music, AudioFormat.Wav16);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(4), size == 0 ? 0 : size - 36);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(40), size);
        Assert.Equal(s_music.Frames, AudioFile.Read(file).Frames);
    }

    [Fact]
    public void A_wav_without_samples_before_other_chunks()
    {
        byte[] file = [.. AudioFile.Encode(new AudioBuffer([], Rate), AudioFormat.Wav16), .. "LIST"u8, 4, 0, 0, 0, .. "INFO"u8];
        Assert.Equal(AudioProblem.NoSamples, Assert.Throws<InvalidAudioException>(() => AudioFile.Read(file)).Problem);
    }

    public static TheoryData<string> Others => new(s_others.Keys);

    private static readonly Dictionary<string, byte[]> s_others = new()
    {
        ["AIFF"] = Form("AIFF", []),
        ["AIFF-C"] = Form("AIFC", [.. "NONE"u8, 0, 0]),
        ["CAF"] =
        [
            .. "caff"u8, 0, 1, 0, 0, .. "desc"u8, .. Big64(32), .. Big64(BitConverter.DoubleToInt64Bits(Rate)), .. "lpcm"u8,
            .. Big32(0), .. Big32(2), .. Big32(1), .. Big32(1), .. Big32(16),
            .. "data"u8, .. Big64(4 + s_pcm.Length), .. Big32(0), .. Swapped(s_pcm)],
        ["AU"] = [.. ".snd"u8, .. Big32(24), .. Big32(s_pcm.Length), .. Big32(3), .. Big32(Rate), .. Big32(1), .. Swapped(s_pcm)],
        ["PVF"] = [.. Encoding.ASCII.GetBytes("PVF1\n1 44100 16\n"), .. Swapped(s_pcm)],
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void Other_formats_of_libsndfile_are_read_to_the_bit(string format)
    {
        var audio = AudioFile.Read(s_others[format]);
        Assert.Equal((Rate, 1, s_music.Frames), (audio.SampleRate, audio.Channels, audio.Frames));
        Assert.Equal(s_pcm, RawPcm.Encode(audio.Samples, PcmEncoding.S16Le));
    }

    [Theory]
    [InlineData("AIFF")]
    [InlineData("CAF")]
    public void They_too_are_not_cut_short_in_silence(string format)
    {
        var file = s_others[format][..^s_music.Frames];
        Assert.Equal(AudioProblem.Damaged, Assert.Throws<InvalidAudioException>(() => AudioFile.Read(file)).Problem);
        using var reader = new SoundFileReader(new MemoryStream(file), null, allowDamaged: true);
        Assert.Equal(s_music.Frames / 2, reader.ReadToEnd().Frames);
    }

    public static TheoryData<string, byte[]> Foreign => new()
    {
        { "in.m4a", [0, 0, 0, 32, .. "ftypM4A "u8, .. new byte[500]] },
        { "in.aac", [0xFF, 0xF1, 0x50, 0x80, 0x0A, 0x1F, 0xFC, .. new byte[500]] },
        { "in.wma", [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11, 0xA6, 0xD9, .. new byte[500]] },
        { "in.webm", [0x1A, 0x45, 0xDF, 0xA3, .. new byte[500]] },
        { "in.wv", [.. "wvpk"u8, .. new byte[500]] },
    };

    [Theory]
    [MemberData(nameof(Foreign))]
    public void Formats_that_are_not_read_are_named_with_the_remedy(string name, byte[] file)
    {
        var refused = Assert.Throws<InvalidAudioException>(() => AudioFile.Read(file));
        Assert.Equal(AudioProblem.Unsupported, refused.Problem);
        Assert.Contains($"\"ffmpeg -i {name} out.wav\"", refused.Message, StringComparison.Ordinal);
    }

    private static byte[] Tag(int length) =>
        [.. "ID3"u8, 3, 0, 0, 0, (byte)(length >> 14), (byte)(length >> 7 & 127), (byte)(length & 127), .. new byte[length]];

    private static byte[] Ape(byte flags) => [.. "APETAGEX"u8, 0xD0, 7, 0, 0, 82, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, flags, .. new byte[8]];

    private static byte[] Form(string type, byte[] compression)
    {
        byte[] rate = [0x40, 0x0E, 0xAC, 0x44, 0, 0, 0, 0, 0, 0]; // 44,100 in 80 bits
        byte[] body =
        [
            .. Encoding.ASCII.GetBytes(type),
            .. "COMM"u8, .. Big32(18 + compression.Length), 0, 1, .. Big32(s_music.Frames), 0, 16, .. rate, .. compression,
            .. "SSND"u8, .. Big32(8 + s_pcm.Length), .. Big64(0), .. Swapped(s_pcm)];
        return [.. "FORM"u8, .. Big32(body.Length), .. body];
    }

    private static byte[] Big32(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Big64(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Swapped(byte[] samples) => [.. samples.Chunk(2).SelectMany(sample => sample.Reverse())];
}
