using System.Buffers;
using NAudio.Wave;

namespace VampNet.Audio;

public static class SampleProviderExtensions
{
    private const int ChunkFrames = 16_384;

    /// <summary>Reads a provider to its end and checks every sample: the one door by which audio comes in.</summary>
    /// <exception cref="InvalidAudioException">the audio breaks a limit, has no samples, or holds NaN or infinity</exception>
    public static AudioBuffer ReadToEnd(this ISampleProvider provider, AudioLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(provider);
        limits ??= AudioLimits.Default;
        var (rate, channels) = (provider.WaveFormat.SampleRate, provider.WaveFormat.Channels);
        limits.CheckFormat(rate, channels);

        var samples = new ArrayBufferWriter<float>();
        var chunk = new float[ChunkFrames * channels];
        int read;
        while ((read = provider.Read(chunk, 0, chunk.Length)) > 0)
        {
            SampleChecks.Finite(chunk.AsSpan(0, read), rate, channels, samples.WrittenCount);
            samples.Write(chunk.AsSpan(0, read));
            limits.CheckLength(samples.WrittenCount / channels, rate, channels);
        }

        var whole = samples.WrittenSpan[..(samples.WrittenCount / channels * channels)];
        if (whole.IsEmpty)
            throw new InvalidAudioException(AudioProblem.NoSamples, "audio has no samples");
        return new AudioBuffer(whole.ToArray(), rate, channels);
    }
}
