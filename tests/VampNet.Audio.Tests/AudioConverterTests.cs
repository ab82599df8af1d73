using VampNet.Audio.Files;
using VampNet.Audio.Processing;

namespace VampNet.Audio.Tests;

public class AudioConverterTests
{
    private const int Rate = 44_100;

    [Theory]
    [InlineData(AudioFormat.Aiff16, Rate, Rate)]
    [InlineData(AudioFormat.AiffFloat, 96_000, 96_000)]
    [InlineData(AudioFormat.OggVorbis, 32_000, 32_000)]
    [InlineData(AudioFormat.Opus, Rate, 48_000)]
    [InlineData(AudioFormat.Opus, 96_000, 48_000)]
    [InlineData(AudioFormat.Mp3, 96_000, 48_000)]
    public async Task A_file_becomes_one_of_another_format_at_the_nearest_sample_rate_it_has(AudioFormat format, int rate, int expected)
    {
        var samples = Enumerable.Range(0, 2 * rate).Select(i => 0.3f * MathF.Sin(i / 2 * 440 * MathF.Tau / rate)).ToArray();
        using var input = new MemoryStream(AudioFile.Encode(new AudioBuffer(samples, rate, 2), AudioFormat.WavFloat));
        using var output = new MemoryStream();
        await AudioConverter.ConvertAsync(input, format, output);
        var audio = AudioFile.Read(output.ToArray());
        Assert.Equal((expected, 2), (audio.SampleRate, audio.Channels));
        Assert.InRange(audio.Frames, expected, expected + (format == AudioFormat.Mp3 ? 4 * 1_152 : 0));
        var middle = audio.Samples[audio.Frames..]; // lossy formats take a moment to follow the sudden beginning
        Assert.InRange(Math.Sqrt(middle.Average(sample => sample * sample)), 0.2, 0.225); // 0.3 / sqrt(2)
    }
}
