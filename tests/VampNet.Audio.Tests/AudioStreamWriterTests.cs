using VampNet.Audio.Files;
using VampNet.Audio.Processing;

namespace VampNet.Audio.Tests;

public class AudioStreamWriterTests
{
    private const int Rate = 44_100;

    public static TheoryData<AudioFormat, int, int> Files => new()
    {
        { AudioFormat.Wav16, 1, Rate },
        { AudioFormat.Wav16, 2, 48_000 },
        { AudioFormat.Wav24, 1, 22_050 },
        { AudioFormat.Wav24, 2, Rate },
        { AudioFormat.WavFloat, 2, Rate },
        { AudioFormat.WavFloat, 1, 96_000 },
        { AudioFormat.Flac, 1, Rate },
        { AudioFormat.Flac, 2, 48_000 },
        { AudioFormat.Aiff16, 2, Rate },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Piece_by_piece_gives_the_bytes_of_the_whole(AudioFormat format, int channels, int outputRate)
    {
        var audio = TooLoud(channels);
        var whole = Clipped(Resampler.Resample(audio, outputRate));
        foreach (var pieceFrames in new[] { 100, 20_000, audio.Frames })
        {
            var shape = new AudioStreamShape(Rate, outputRate, channels, whole.Frames);
            var bytes = await WriteAsync(audio, pieceFrames, send => AudioStreamWriter.File(format, shape, send));
            Assert.Equal(WithoutSums(AudioFile.Encode(whole, format), format), bytes);
        }
    }

    [Theory]
    [InlineData(AudioFormat.Flac)]
    [InlineData(AudioFormat.OggVorbis)]
    public async Task A_compressed_file_goes_out_while_samples_still_come_in_and_is_whole(AudioFormat format)
    {
        var (audio, file) = (Signals.Chord(10, Rate, 2), new MemoryStream());
        using var writer = AudioStreamWriter.File(
            format, new AudioStreamShape(Rate, Rate, 2, audio.Frames), async bytes => await file.WriteAsync(bytes));
        await writer.WriteAsync(audio.Samples.AsMemory(0, audio.Samples.Length / 2));
        var half = file.Length;
        await writer.WriteAsync(audio.Samples.AsMemory(audio.Samples.Length / 2));
        await writer.FinishAsync();
        Assert.InRange(half, file.Length / 4, file.Length - 1);
        file.Position = 0;
        Assert.Equal(audio.Frames, AudioFile.Read(file).Frames);
    }

    [Theory]
    [InlineData(PcmEncoding.F32Le)]
    [InlineData(PcmEncoding.S16Le)]
    [InlineData(PcmEncoding.S24Le)]
    public async Task Raw_samples_have_no_header(PcmEncoding encoding)
    {
        var audio = TooLoud(2);
        var bytes = await WriteAsync(
            audio, 777, send => AudioStreamWriter.Raw(encoding, new AudioStreamShape(Rate, Rate, 2, audio.Frames), send));
        Assert.Equal(RawPcm.Encode(Clipped(audio).Samples, encoding), bytes);
        var back = RawPcm.Decode(bytes, encoding, Rate, 2).Samples;
        Assert.All(Clipped(audio).Samples.Zip(back), pair => Assert.Equal(pair.First, pair.Second, 1f / 32_767));
    }

    [Theory]
    [InlineData(AudioFormat.Wav24, 1)]
    [InlineData(AudioFormat.Wav16, 5_001)]
    [InlineData(AudioFormat.Flac, 30_000)]
    [InlineData(AudioFormat.WavFloat, 0)]
    public async Task The_promised_length_comes_out_whatever_goes_in(AudioFormat format, int frames)
    {
        var audio = Signals.Chord(0.25, Rate, 1);
        var bytes = await WriteAsync(
            audio, 1_000, send => AudioStreamWriter.File(format, new AudioStreamShape(Rate, Rate, 1, frames), send));
        var expected = new float[frames];
        audio.Samples.AsSpan(0, Math.Min(frames, audio.Frames)).CopyTo(expected);
        Assert.Equal(WithoutSums(AudioFile.Encode(new AudioBuffer(expected, Rate), format), format), bytes);
    }

    [Fact]
    public async Task Wav_goes_out_while_samples_still_come_in()
    {
        var sent = 0L;
        using var writer = AudioStreamWriter.File(AudioFormat.Wav16, new AudioStreamShape(Rate, Rate, 1, 100_000), bytes =>
        {
            sent += bytes.Length;
            Assert.InRange(bytes.Length, 1, 64 << 10);
            return Task.CompletedTask;
        });
        await writer.WriteAsync(new float[50_000]);
        Assert.Equal(44 + 2 * 50_000, sent);
        await writer.FinishAsync();
        Assert.Equal(44 + 2 * 100_000, sent);
    }

    [Fact]
    public void A_wav_of_four_gigabytes_is_refused()
    {
        var shape = new AudioStreamShape(Rate, Rate, 1, uint.MaxValue / 4);
        Assert.Throws<ArgumentException>(() => AudioStreamWriter.File(AudioFormat.WavFloat, shape, _ => Task.CompletedTask));
        AudioStreamWriter.File(AudioFormat.Wav24, shape, _ => Task.CompletedTask).Dispose();
    }

    [Fact]
    public void A_format_that_cannot_hold_the_audio_is_refused() =>
        Assert.Throws<ArgumentException>(
            () => AudioStreamWriter.File(AudioFormat.Opus, new AudioStreamShape(Rate, Rate, 1, 1), _ => Task.CompletedTask));

    /// <summary>Without what the header of FLAC has of the whole: sizes of frames, and the MD5.</summary>
    private static byte[] WithoutSums(byte[] file, AudioFormat format)
    {
        if (format == AudioFormat.Flac)
        {
            file.AsSpan(12, 6).Clear();
            file.AsSpan(26, 16).Clear();
        }
        return file;
    }

    private static AudioBuffer TooLoud(int channels) =>
        new(Array.ConvertAll(Signals.Chord(1, Rate, channels).Samples, sample => 4 * sample), Rate, channels);

    private static AudioBuffer Clipped(AudioBuffer audio) =>
        new(Array.ConvertAll(audio.Samples, sample => Math.Clamp(sample, -1, 1)), audio.SampleRate, audio.Channels);

    private static async Task<byte[]> WriteAsync(
        AudioBuffer audio, int pieceFrames, Func<Func<ReadOnlyMemory<byte>, Task>, AudioStreamWriter> open)
    {
        var output = new MemoryStream();
        using var writer = open(async bytes => await output.WriteAsync(bytes));
        foreach (var piece in audio.Samples.Chunk(pieceFrames * audio.Channels))
            await writer.WriteAsync(piece);
        await writer.FinishAsync();
        return output.ToArray();
    }
}
