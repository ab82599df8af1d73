using VampNet.Audio;
using VampNet.Audio.Files;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Prompt.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.EndToEnd;

/// <summary>What is kept whole is the source's own sound.</summary>
[Collection(MeshTests.Name)]
[NoTensorLeaks]
public sealed class KeepSourceTests(Support.Mesh mesh)
{
    [Theory]
    [InlineData(44_100, 1, OutputEncoding.WavS16, StereoPolicy.Unspecified)]
    [InlineData(48_000, 2, OutputEncoding.WavS16, StereoPolicy.Dual)]
    [InlineData(48_000, 2, OutputEncoding.WavF32, StereoPolicy.Mono)]
    [InlineData(32_000, 2, OutputEncoding.Flac, StereoPolicy.Mid)]
    [InlineData(22_050, 3, OutputEncoding.WavS24, StereoPolicy.Dual)]
    public async Task Outside_a_region_not_a_bit_changes(int rate, int channels, OutputEncoding encoding, StereoPolicy stereo)
    {
        var source = Noise(2 * rate, channels, rate);
        var config = Inpaint(0.7, 1.2).With(c => (c.Output.Encoding, c.Stereo) = (encoding, stereo));
        var result = await mesh.Client.RunAsync(config, Wav(source));
        Assert.Equal(
            ((uint)rate, (uint)channels, (ulong)source.Frames), (result.Header.SampleRate, result.Header.Channels, result.Header.Samples));
        var made = AudioFile.Read(result.Audio).Samples;
        var fade = 0.005 * rate;
        var (changed, steps) = (0, 0f);
        for (var i = 0; i < made.Length; i++)
        {
            var seconds = i / channels / (double)rate;
            if (seconds is < 0.7 - 768 / 44_100.0 or > 1.2 + 768 / 44_100.0)
                Assert.Equal(source.Samples[i], made[i]);
            else if (source.Samples[i] != made[i])
                changed++;
        }
        Assert.InRange(changed, 0.4 * rate * channels, 0.6 * rate * channels);

        // From what is kept, the sound leaves no faster than the crossfade: the first sample after the join is almost the source's.
        var first = Enumerable.Range(0, made.Length).First(i => source.Samples[i] != made[i]) / channels;
        for (var i = 0; i < channels; i++)
            steps = Math.Max(steps, Math.Abs(made[first * channels + i] - source.Samples[first * channels + i]));
        Assert.InRange(steps, 0, (float)(2 / fade));
    }

    [Theory]
    [InlineData(0, 0.6)]
    [InlineData(0.4, 0.3)]
    public async Task A_continuation_holds_the_whole_track(double before, double after)
    {
        var source = Noise(50_001, 2, 48_000);
        var config = Vamps.Config().With(c =>
        {
            c.Prompt = new Prompt { All = new AllPrompt() };
            (c.KeepSource, c.ExtendBeforeSeconds, c.ExtendAfterSeconds) = (true, before, after);
        });
        var result = await mesh.Client.RunAsync(config, Wav(source));
        var made = AudioFile.Read(result.Audio);
        var start = (int)((long)Math.Ceiling(before * 44_100 / 768) * 768 * 48_000 / 44_100);
        Assert.Equal(source.Samples, made.Samples[(2 * start)..(2 * start + source.Samples.Length)]);
        Assert.InRange(made.Frames - start - source.Frames, after * 48_000 - 2, after * 48_000 + 2);
        Assert.Contains(made.Samples[(2 * (start + source.Frames + 300))..], sample => sample != 0);
    }

    [Theory]
    [InlineData("config.keep_source", 1.5, 0)]
    [InlineData("config.keep_source", 0, 2)]
    public async Task What_would_change_every_sample_is_refused(string field, double stretch, double pitch)
    {
        var config = Inpaint(0.2, 0.4).With(c => (c.Stretch, c.PitchSemitones) = (stretch, pitch));
        var error = await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => mesh.Client.RunAsync(config, Sounds.Chord(1)));
        Assert.Equal(Grpc.Core.StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains(field, error.Status.Detail, StringComparison.Ordinal);
    }

    private static VampConfig Inpaint(double from, double to) => Vamps.Config().With(c =>
    {
        var regions = new RegionsPrompt { Regions = { new Region { FromSeconds = from, ToSeconds = to } } };
        (c.Prompt, c.KeepSource) = (new Prompt { Not = new Prompt { Regions = regions } }, true);
    });

    /// <summary>Of 16-bit samples.</summary>
    private static AudioBuffer Noise(int frames, int channels, int rate)
    {
        var random = new Random(frames);
        var samples = Enumerable.Range(0, frames * channels).Select(_ => random.Next(-8_000, 8_000) / 32_768f);
        return new AudioBuffer([.. samples], rate, channels);
    }

    private static byte[] Wav(AudioBuffer audio) => AudioFile.Encode(audio, AudioFormat.Wav16);
}
