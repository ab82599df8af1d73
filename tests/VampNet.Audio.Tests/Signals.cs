namespace VampNet.Audio.Tests;

/// <summary>Test audio, made on the spot.</summary>
internal static class Signals
{
    public static AudioBuffer Sine(double frequency, double seconds, int sampleRate = 44_100, int channels = 1, double amplitude = 0.5)
    {
        var frames = (int)(seconds * sampleRate);
        var samples = new float[frames * channels];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = (float)(amplitude * Math.Sin(2 * Math.PI * frequency * (i / channels) / sampleRate));
        return new AudioBuffer(samples, sampleRate, channels);
    }

    /// <summary>Three partials under a slow tremolo, different in each channel: music enough for lossy codecs.</summary>
    public static AudioBuffer Chord(double seconds, int sampleRate, int channels)
    {
        var frames = (int)(seconds * sampleRate);
        var samples = new float[frames * channels];
        for (var i = 0; i < samples.Length; i++)
        {
            var t = (double)(i / channels) / sampleRate;
            var root = 220 * (1 + i % channels);
            var tone = Math.Sin(2 * Math.PI * root * t) + 0.6 * Math.Sin(2 * Math.PI * 1.25 * root * t) + 0.4 * Math.Sin(
                2 * Math.PI * 1.5 * root * t);
            samples[i] = (float)(0.25 * tone * (0.7 + 0.3 * Math.Sin(2 * Math.PI * 2 * t)));
        }
        return new AudioBuffer(samples, sampleRate, channels);
    }

    /// <summary>A chord over noise, of which lossy codecs make files of many pages and frames.</summary>
    public static AudioBuffer Rough(double seconds, int sampleRate, int channels)
    {
        var audio = Chord(seconds, sampleRate, channels);
        var random = new Random(5);
        for (var i = 0; i < audio.Samples.Length; i++)
            audio.Samples[i] += 0.05f * (random.NextSingle() - 0.5f);
        return audio;
    }

    /// <summary>Signal over difference in dB, over the given range.</summary>
    public static double Snr(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        double signal = 0, noise = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            signal += (double)expected[i] * expected[i];
            noise += ((double)expected[i] - actual[i]) * ((double)expected[i] - actual[i]);
        }
        return 10 * Math.Log10(signal / noise);
    }
}
