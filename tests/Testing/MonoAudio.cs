using VampNet.Audio;

namespace VampNet.Testing;

/// <summary>Audio in memory as mono, for comparisons.</summary>
public static class MonoAudio
{
    /// <summary>The mean of all channels.</summary>
    public static AudioBuffer ToMono(this AudioBuffer audio) =>
        audio.Channels == 1
            ? audio
            : new AudioBuffer([.. audio.Samples.Chunk(audio.Channels).Select(frame => frame.Average())], audio.SampleRate);
}
