using VampNet.Audio.Files;
using VampNet.Audio.Processing;

namespace VampNet.Audio.Tests;

public class AudioBufferTests
{
    [Fact]
    public void Samples_fill_whole_frames() =>
        Assert.Throws<ArgumentException>(() => new AudioBuffer(new float[3], 44_100, 2));

    [Fact]
    public void A_sample_provider_gives_the_same_samples_back()
    {
        var audio = Signals.Chord(1, 44_100, 2);
        Assert.Equal(audio.Samples, audio.ToSampleProvider().ReadToEnd().Samples);
    }

    [Fact]
    public void Mono_on_disk_is_the_mean_as_often_as_it_is_read()
    {
        using var mono = new AudioBuffer([1f, 0f, -1f, -1f], 44_100, 2).ToSampleProvider().SpoolMono();
        foreach (var _ in new[] { 1, 2 })
            Assert.Equal([0.5f, -1f], mono.Open().ReadToEnd().Samples);
    }

    [Fact]
    public void Raw_pcm_comes_back()
    {
        var audio = Signals.Chord(0.1, 44_100, 2);
        Assert.Equal(audio.Samples, RawPcm.Decode(RawPcm.Encode(audio.Samples, PcmEncoding.F32Le), PcmEncoding.F32Le, 44_100, 2).Samples);
        var s16 = RawPcm.Decode(RawPcm.Encode(audio.Samples, PcmEncoding.S16Le), PcmEncoding.S16Le, 44_100, 2).Samples;
        Assert.All(audio.Samples.Zip(s16), pair => Assert.Equal(pair.First, pair.Second, 1f / 65_535));
        Assert.Equal(
            [1f, -1f],
            RawPcm.Decode(RawPcm.Encode([2f, -2f], PcmEncoding.S16Le), PcmEncoding.S16Le, 44_100, 1).Samples.Select(
                s => MathF.Round(s, 4)));
    }

    [Fact]
    public void A_reader_streams_like_any_sample_provider()
    {
        var audio = Signals.Chord(1, 44_100, 2);
        using var reader = new SoundFileReader(new MemoryStream(AudioFile.Encode(audio, AudioFormat.WavFloat)));
        var first = new float[1_000];
        Assert.Equal(600, reader.Read(first.AsSpan(100, 601)));
        Assert.Equal(audio.Samples[..600], first[100..700]);
        Assert.Equal(audio.Samples[600..], reader.ReadToEnd().Samples);
        Assert.Equal(0, reader.Read(first));
    }
}
