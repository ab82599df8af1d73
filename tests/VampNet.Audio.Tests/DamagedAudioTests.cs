using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using VampNet.Audio.Files;

namespace VampNet.Audio.Tests;

/// <summary>
/// Damaged files are refused with the time of the damage, or, where that is allowed, keep what can be decoded at its place in time: never
/// shorter without a word.
/// </summary>
public partial class DamagedAudioTests
{
    private const int Rate = 48_000, Seconds = 4, WavHeaderBytes = 44;

    private static readonly AudioBuffer s_music = Signals.Rough(Seconds, Rate, channels: 1);

    public static TheoryData<AudioFormat> Compressed => [AudioFormat.OggVorbis, AudioFormat.Opus, AudioFormat.Flac, AudioFormat.Mp3];

    [Theory]
    [MemberData(nameof(Compressed))]
    public void Spoilt_bytes_in_the_middle_are_refused_with_the_time(AudioFormat format)
    {
        var file = AudioFile.Encode(s_music, format);
        file.AsSpan(file.Length / 2, Spoilt(format)).Fill(0x55);
        Assert.InRange(TimeOf(Refused(file)), 0.2 * Seconds, 0.6 * Seconds);
    }

    [Theory]
    [MemberData(nameof(Compressed))]
    public void What_can_be_decoded_stays_at_its_place_in_time(AudioFormat format)
    {
        var healthy = AudioFile.Encode(s_music, format);
        var file = (byte[])healthy.Clone();
        file.AsSpan(file.Length / 2, Spoilt(format)).Fill(0x55);
        var (whole, kept) = (AudioFile.Read(healthy), ReadDamaged(file, out var damage));
        Assert.NotNull(damage);
        Assert.Equal(whole.Frames, kept.Frames);
        var from = (int)(TimeOf(damage) * Rate);
        Assert.Equal(whole.Samples[..(from - 3_000)], kept.Samples[..(from - 3_000)]);
        Assert.Equal(double.PositiveInfinity, Signals.Snr(whole.Samples.AsSpan(^24_000..), kept.Samples.AsSpan(^24_000..)));
        // What is lost is a page, a block or some frames, and silent.
        Assert.InRange(kept.Samples.Count(sample => sample == 0), 1_000, 1.1 * Rate);
    }

    [Theory]
    [MemberData(nameof(Compressed))]
    public void Damage_in_several_places_leaves_the_rest_at_its_time(AudioFormat format)
    {
        var healthy = AudioFile.Encode(Signals.Rough(8, Rate, channels: 2), format);
        var file = (byte[])healthy.Clone();
        foreach (var place in new[] { 0.3, 0.5, 0.7 })
            file.AsSpan((int)(place * file.Length), Spoilt(format)).Fill(0x55);
        var (whole, kept) = (AudioFile.Read(healthy), ReadDamaged(file, out _));
        Assert.Equal(whole.Frames, kept.Frames);
        Assert.Equal(double.PositiveInfinity, Signals.Snr(whole.Samples.AsSpan(^48_000..), kept.Samples.AsSpan(^48_000..)));
    }

    [Fact]
    public void A_wrong_bit_in_the_header_of_an_mp3_frame_is_refused_with_its_time()
    {
        var healthy = AudioFile.Encode(s_music, AudioFormat.Mp3);
        var whole = AudioFile.Read(healthy);
        var header = healthy.AsSpan(0, 3).ToArray();
        var at = healthy.Length / 2 + healthy.AsSpan(healthy.Length / 2).IndexOf(header.AsSpan(0, 2));
        foreach (var bit in Enumerable.Range(0, 24))
        {
            if (bit == 23)
                continue; // private: it says nothing
            var file = Flipped(healthy, 8 * at + bit);
            Assert.InRange(TimeOf(Refused(file)), 1.5, 2.5);
            Assert.Equal(whole.Frames, ReadDamaged(file, out _).Frames);
        }
    }

    [Fact]
    public void Zeros_in_an_mp3_are_refused_with_their_time()
    {
        var healthy = AudioFile.Encode(s_music, AudioFormat.Mp3);
        var (half, whole) = (healthy.Length / 2, AudioFile.Read(healthy));
        byte[] overwritten = [.. healthy[..half], .. new byte[3_000], .. healthy[(half + 3_000)..]];
        byte[] inserted = [.. healthy[..half], .. new byte[3_000], .. healthy[half..]];
        foreach (var file in new[] { overwritten, inserted })
        {
            Assert.InRange(TimeOf(Refused(file)), 1.5, 2.5);
            Assert.Equal(whole.Frames, ReadDamaged(file, out _).Frames);
        }
    }

    /// <summary>Half of a file. MP3 can tell by its info frame only, which libsndfile writes.</summary>
    [Theory]
    [MemberData(nameof(Compressed))]
    public void A_file_that_ends_early(AudioFormat format)
    {
        var file = AudioFile.Encode(s_music, format);
        file = file[..(file.Length / 2)];
        Assert.InRange(TimeOf(Refused(file)), 0.2 * Seconds, 0.6 * Seconds);
        Assert.InRange(ReadDamaged(file, out var damage).Frames, 0.2 * Seconds * Rate, 0.6 * Seconds * Rate);
        Assert.NotNull(damage);
    }

    [Fact]
    public void An_ogg_file_without_its_last_page_is_refused()
    {
        foreach (var format in new[] { AudioFormat.OggVorbis, AudioFormat.Opus })
        {
            var file = AudioFile.Encode(s_music, format);
            file = file[..file.AsSpan().LastIndexOf("OggS"u8)];
            Assert.Contains("last Ogg page", Refused(file), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_missing_ogg_page_is_refused()
    {
        foreach (var format in new[] { AudioFormat.OggVorbis, AudioFormat.Opus })
        {
            var healthy = AudioFile.Encode(s_music, format);
            var from = healthy.Length / 2 + healthy.AsSpan(healthy.Length / 2).IndexOf("OggS"u8);
            var to = from + 4 + healthy.AsSpan(from + 4).IndexOf("OggS"u8);
            byte[] file = [.. healthy[..from], .. healthy[to..]];
            Assert.Contains("missing", Refused(file), StringComparison.Ordinal);
            Assert.Equal(AudioFile.Read(healthy).Frames, ReadDamaged(file, out _).Frames);
        }
    }

    [Fact]
    public void A_missing_flac_frame_is_refused()
    {
        var healthy = AudioFile.Encode(s_music, AudioFormat.Flac);
        var from = NextFlacFrame(healthy, healthy.Length / 2);
        byte[] file = [.. healthy[..from], .. healthy[NextFlacFrame(healthy, from + 100)..]];
        Assert.Contains("missing", Refused(file), StringComparison.Ordinal);
        Assert.Equal(s_music.Frames, ReadDamaged(file, out _).Frames);
    }

    [Fact]
    public void A_wav_that_claims_more_than_it_has_is_refused_with_the_time_of_its_end()
    {
        var audio = Signals.Sine(440, 1);
        var file = AudioFile.Encode(audio, AudioFormat.Wav16)[..(WavHeaderBytes + audio.Frames)];
        Assert.Equal(0.5, TimeOf(Refused(file)));
        Assert.Equal(audio.Frames / 2, ReadDamaged(file, out _).Frames);
    }

    /// <summary>
    /// One wrong bit anywhere in a file. Pages of Ogg and frames of FLAC have checksums: either nothing is different, or the file is
    /// refused. MP3 frames seldom have one, and libsndfile writes none. So nobody can tell a wrong bit in the middle of a frame, where some
    /// frames sound different, nor one in the info frame, which says how much to trim: up to 4,095 samples, or the encoder's delay and a
    /// frame. But an MP3 never ends early, and what is behind the bit is never out of place in time.
    /// </summary>
    [Theory]
    [MemberData(nameof(Compressed))]
    public void One_wrong_bit_anywhere_is_refused_or_changes_nothing_that_can_be_told(AudioFormat format)
    {
        const int Rounds = 150, InfoFrame = 4_095 + 1_152;
        var healthy = AudioFile.Encode(Signals.Rough(2, Rate, channels: 2), format);
        var whole = AudioFile.Read(healthy);
        var (random, told) = (new Random(7), 0);
        for (var round = 0; round < Rounds; round++)
        {
            var bit = random.Next(8 * healthy.Length);
            try
            {
                var audio = AudioFile.Read(Flipped(healthy, bit));
                if (format == AudioFormat.Mp3)
                    Assert.InRange(audio.Frames, whole.Frames - InfoFrame, whole.Frames + InfoFrame);
                else
                    Assert.True(whole.Samples.AsSpan().SequenceEqual(audio.Samples), $"bit {bit} goes unnoticed");
            }
            catch (InvalidAudioException refused)
            {
                Assert.Equal(AudioProblem.Damaged, refused.Problem);
                told++;
            }
        }
        Assert.InRange(told, format == AudioFormat.Mp3 ? 1 : Rounds * 9 / 10, Rounds);
    }

    /// <summary>The same where damage is allowed: the length of the rest holds, and what is read is told.</summary>
    [Theory]
    [MemberData(nameof(Compressed))]
    public void One_wrong_bit_in_the_middle_keeps_the_length_where_damage_is_allowed(AudioFormat format)
    {
        var healthy = AudioFile.Encode(Signals.Rough(3, Rate, channels: 2), format);
        var whole = AudioFile.Read(healthy);
        var random = new Random(8);
        for (var round = 0; round < 40; round++)
        {
            var bit = random.Next(8 * healthy.Length / 3, 8 * healthy.Length * 2 / 3);
            var audio = ReadDamaged(Flipped(healthy, bit), out var damage);
            Assert.Equal(whole.Frames, audio.Frames);
            Assert.True(format == AudioFormat.Mp3 || damage is not null);
        }
    }

    /// <summary>What would take hours if every candidate were followed to its end.</summary>
    [Theory]
    [InlineData("OggS\0")]
    [InlineData("OggS")]
    [InlineData("\xFF\xF8\xC9\x08")]
    [InlineData("\xFF\xFB\x90\x64")]
    [InlineData("\xFF\xFB\xE0\x64")]
    [InlineData("ID3\x03\0\0\0\0\0\0")]
    public void Files_of_nothing_but_beginnings(string beginning)
    {
        foreach (var format in new[] { AudioFormat.OggVorbis, AudioFormat.Flac, AudioFormat.Mp3 })
        {
            byte[] file =
            [
                .. AudioFile.Encode(Signals.Sine(440, 0.2), format),
                .. Enumerable.Repeat(beginning, 2_000_000 / beginning.Length).SelectMany(text => text.Select(c => (byte)c))];
            try
            {
                ReadDamaged(file, out _);
            }
            catch (InvalidAudioException refused)
            {
                Assert.NotEmpty(refused.Message);
            }
        }
    }

    /// <summary>libmpg123 writes to the standard error of the process, unless it is told not to.</summary>
    [Fact]
    public void Decoders_do_not_write_to_standard_error()
    {
        const int StandardError = 2;
        var healthy = AudioFile.Encode(s_music, AudioFormat.Mp3);
        var path = Path.GetTempFileName();
        var (kept, replaced) = (Dup(StandardError), Creat(path, 0x180));
        try
        {
            Assert.True(Dup2(replaced, StandardError) >= 0);
            var random = new Random(9);
            for (var round = 0; round < 60; round++)
                TryRead(Flipped(healthy, random.Next(8 * healthy.Length)));
            TryRead([.. healthy[..9_000], .. new byte[3_000], .. healthy[9_000..]]);
            TryRead([.. new byte[2_000], .. healthy]);
            TryRead(healthy[..^5_000]);
            TryRead([.. healthy, .. healthy]);
        }
        finally
        {
            Assert.True(Dup2(kept, StandardError) >= 0);
        }
        Assert.Empty(File.ReadAllText(path));
        File.Delete(path);

        static void TryRead(byte[] file)
        {
            foreach (var allowDamaged in new[] { false, true })
            {
                try
                {
                    using var reader = new SoundFileReader(new MemoryStream(file), null, allowDamaged);
                    reader.ReadToEnd();
                }
                catch (InvalidAudioException refused)
                {
                    Assert.NotEmpty(refused.Message);
                }
            }
        }
    }

    private static int Spoilt(AudioFormat format) => format == AudioFormat.Mp3 ? 1_500 : 64;

    private static byte[] Flipped(byte[] file, int bit)
    {
        var flipped = (byte[])file.Clone();
        flipped[bit / 8] ^= (byte)(0x80 >> (bit % 8));
        return flipped;
    }

    private static int NextFlacFrame(byte[] file, int from) => from + file.AsSpan(from).IndexOf(file.AsSpan(FirstFlacFrame(file), 4));

    private static int FirstFlacFrame(byte[] file)
    {
        var at = 4;
        while ((file[at] & 0x80) == 0)
            at += 4 + (BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at)) & 0xFFFFFF);
        return at + 4 + (BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at)) & 0xFFFFFF);
    }

    private static AudioBuffer ReadDamaged(byte[] file, out string? damage)
    {
        using var reader = new SoundFileReader(new MemoryStream(file), null, allowDamaged: true);
        var audio = reader.ReadToEnd();
        damage = reader.Damage;
        return audio;
    }

    private static string Refused(byte[] file)
    {
        var refused = Assert.Throws<InvalidAudioException>(() => AudioFile.Read(file));
        Assert.Equal(AudioProblem.Damaged, refused.Problem);
        Assert.Contains("allow_damaged", refused.Message, StringComparison.Ordinal);
        return refused.Message;
    }

    private static double TimeOf(string message) => double.Parse(Time().Match(message).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"damaged at (\d+\.\d{3}) s: ")]
    private static partial Regex Time();

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Dup(int file);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Dup2(int file, int number);

    [LibraryImport("libc", EntryPoint = "creat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Creat(string path, uint mode);
}
