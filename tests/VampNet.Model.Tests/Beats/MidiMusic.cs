using System.Diagnostics;
using VampNet.Audio;
using VampNet.Audio.Files;
using VampNet.Testing;
using VampNet.Training.Beats;
using Xunit;

namespace VampNet.Model.Tests.Beats;

/// <summary>A test that needs music in MIDI, something to play it, and aubio; skipped, visibly, where one of them is missing.</summary>
internal sealed class MidiFactAttribute : FactAttribute
{
    public MidiFactAttribute() => Skip = MidiMusic.IsThere && Aubio.IsThere
        ? null
        : "music is missing: apt-get install aubio-tools fluidsynth openttd-openmsx timgm6mb-soundfont";
}

/// <summary>The songs of OpenMSX, which people wrote, played by a synthesiser.</summary>
internal static class MidiMusic
{
    private const string Folder = "/usr/share/games/openttd/baseset/openmsx", Sounds = "/usr/share/sounds/sf2/TimGM6mb.sf2";
    private const double Seconds = 60;

    public static bool IsThere => Songs.Length > 0 && File.Exists(Sounds) && File.Exists("/usr/bin/fluidsynth");

    public static string[] Songs =>
        Directory.Exists(Folder) ? [.. Directory.EnumerateFiles(Folder, "*.mid").Order(StringComparer.Ordinal)] : [];

    /// <summary>The first minute; its downbeats are left out.</summary>
    /// <param name="path">a file to pass the audio in</param>
    public static Rendered Play(string song, string path)
    {
        using (var process = Process.Start("fluidsynth", ["-ni", "-q", "-r", "44100", "-F", path, Sounds, song]))
            process.WaitForExit();
        var audio = AudioFile.Read(path).ToMono();
        return new Rendered(
            new AudioBuffer(audio.Samples[..Math.Min(audio.Samples.Length, (int)(Seconds * audio.SampleRate))], audio.SampleRate),
            MidiSong.Beats(song, Seconds), []);
    }
}
