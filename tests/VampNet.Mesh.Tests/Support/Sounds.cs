using VampNet.Audio;
using VampNet.Audio.Files;

namespace VampNet.Mesh.Tests.Support;

/// <summary>Audio to send.</summary>
internal static class Sounds
{
    /// <summary>A chord that swells, mono, as a WAV file.</summary>
    public static byte[] Chord(double seconds, int sampleRate = 44_100, int channels = 1)
    {
        var samples = new float[(int)(seconds * sampleRate) * channels];
        for (var i = 0; i < samples.Length; i++)
        {
            var t = i / channels / (double)sampleRate;
            samples[i] =
                (float)(0.05 * (0.5 + 0.5 * Math.Sin(t)) * (Math.Sin(2 * Math.PI * 220 * t) + Math.Sin(2 * Math.PI * 277.2 * t) + Math.Sin(
                    2 * Math.PI * 329.6 * t)));
        }
        return AudioFile.Encode(new AudioBuffer(samples, sampleRate, channels), AudioFormat.Wav16);
    }

    /// <summary>Clicks at a tempo, as a WAV file.</summary>
    public static byte[] Clicks(double seconds, double beatsPerMinute, int sampleRate = 44_100)
    {
        var samples = new float[(int)(seconds * sampleRate)];
        for (var beat = 0.0; beat < seconds; beat += 60 / beatsPerMinute)
        {
            var at = (int)(beat * sampleRate);
            for (var i = 0; i < 1_000 && at + i < samples.Length; i++)
                samples[at + i] = (float)(0.8 * Math.Exp(-i / 150.0) * Math.Sin(2 * Math.PI * 1_000 * i / sampleRate));
        }
        return AudioFile.Encode(new AudioBuffer(samples, sampleRate), AudioFormat.Wav16);
    }
}
