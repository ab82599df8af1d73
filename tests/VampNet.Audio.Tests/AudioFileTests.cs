using VampNet.Audio.Files;
using VampNet.Audio.Processing;
using VampNet.Testing;

namespace VampNet.Audio.Tests;

public class AudioFileTests
{
    [Theory]
    [InlineData(AudioFormat.WavFloat, 0)]
    [InlineData(AudioFormat.Wav24, 1.0 / (1 << 23))]
    [InlineData(AudioFormat.Flac, 1.0 / (1 << 23))]
    [InlineData(AudioFormat.Wav16, 1.0 / (1 << 15))]
    public void Lossless_formats_come_back_within_one_step(AudioFormat format, double step)
    {
        foreach (var channels in new[] { 1, 2, 6 })
        {
            var audio = Signals.Chord(0.3, 44_100, channels);
            var back = AudioFile.Read(AudioFile.Encode(audio, format));
            Assert.Equal((audio.Frames, audio.Channels, audio.SampleRate), (back.Frames, back.Channels, back.SampleRate));
            Assert.All(audio.Samples.Zip(back.Samples), pair => Assert.Equal(pair.First, pair.Second, step));
        }
    }

    [Theory]
    [InlineData(AudioFormat.OggVorbis, 44_100)]
    [InlineData(AudioFormat.Opus, 48_000)]
    [InlineData(AudioFormat.Mp3, 44_100)]
    public void Lossy_formats_come_back_recognisable(AudioFormat format, int sampleRate)
    {
        var audio = Signals.Chord(2, sampleRate, channels: 2);
        var back = AudioFile.Read(AudioFile.Encode(audio, format));
        Assert.Equal((audio.Channels, audio.SampleRate), (back.Channels, back.SampleRate));
        Assert.InRange(back.Frames, audio.Frames, audio.Frames + sampleRate / 10);
        Assert.Equal(Loudness.Integrated(audio), Loudness.Integrated(back), 0.5);
        // Decoded MP3 may start late by the encoder's delay, so look at the best of a range of shifts.
        var middle = audio.ToMono().Samples.AsSpan(sampleRate / 2, 4_800).ToArray();
        var mono = back.ToMono().Samples;
        var best = Enumerable.Range(-20, 2_400).Max(shift => Signals.Snr(middle, mono.AsSpan(sampleRate / 2 + shift, 4_800)));
        Assert.InRange(best, 15, double.PositiveInfinity);
    }

    [Fact]
    public void Integer_formats_clip_and_float_does_not()
    {
        var loud = new AudioBuffer([1.5f, -1.5f, 0.5f], 44_100);
        Assert.Equal([1f, -1f, 0.5f], AudioFile.Read(AudioFile.Encode(loud, AudioFormat.Wav16)).Samples.Select(s => MathF.Round(s, 3)));
        Assert.Equal(loud.Samples, AudioFile.Read(AudioFile.Encode(loud, AudioFormat.WavFloat)).Samples);
    }

    [Fact]
    public void Long_vorbis_writes_do_not_overflow_the_encoder()
    {
        var audio = Signals.Chord(30, 44_100, channels: 2);
        Assert.Equal(audio.Frames, AudioFile.Read(AudioFile.Encode(audio, AudioFormat.OggVorbis)).Frames);
    }

    [Fact]
    public void Files_are_replaced_whole_and_leave_nothing_behind()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("out.wav");
        File.WriteAllText(path, "old");
        var audio = Signals.Sine(440, 0.1);
        AudioFile.Write(path, audio, AudioFormat.WavFloat);
        Assert.Equal(audio.Samples, AudioFile.Read(path).Samples);
        Assert.Throws<ArgumentException>(() => AudioFile.Write(folder.File("bad.opus"), audio, AudioFormat.Opus));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_stream_that_cannot_seek_is_spooled_up_to_the_limit()
    {
        var audio = Signals.Sine(440, 0.1);
        var bytes = AudioFile.Encode(audio, AudioFormat.WavFloat);
        Assert.Equal(audio.Samples, AudioFile.Read(new ForwardStream(bytes)).Samples);
        var refused = Assert.Throws<InvalidAudioException>(() =>
            AudioFile.Read(new ForwardStream(bytes), new AudioLimits { MaxSpooledBytes = bytes.Length - 1 }));
        Assert.Equal(AudioProblem.TooLong, refused.Problem);
    }

    [Fact]
    public void Errors_of_the_stream_itself_come_through()
    {
        var error = Assert.Throws<IOException>(
            () => AudioFile.Read(new FailingStream(AudioFile.Encode(Signals.Sine(440, 2), AudioFormat.Wav16))));
        Assert.IsType<TimeoutException>(error.InnerException);
    }

    private sealed class ForwardStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }

    /// <summary>Breaks off in the middle of the samples.</summary>
    private sealed class FailingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) =>
            Position > 50_000 ? throw new TimeoutException() : base.Read(buffer, offset, count);
    }
}
