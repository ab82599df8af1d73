using VampNet.Audio;
using VampNet.Audio.Files;
using VampNet.Testing;

namespace VampNet.Studio.Tests.Support;

/// <summary>Three seconds of the music that the page brings along.</summary>
internal static class Excerpt
{
    public const string Name = "clip.wav";

    public const double Seconds = 3;

    public static AudioBuffer Audio { get; } = Cut(AudioFile.Read(Path.Combine(Repository.Root, "assets", "through-space.flac")));

    public static byte[] File { get; } = AudioFile.Encode(Audio, AudioFormat.Wav16);

    private static AudioBuffer Cut(AudioBuffer whole) =>
        new(whole.Samples[..((int)(Seconds * whole.SampleRate) * whole.Channels)], whole.SampleRate, whole.Channels);
}
