using System.Diagnostics;
using System.Globalization;
using VampNet.Audio;
using VampNet.Audio.Files;
using VampNet.Model.Beats;
using VampNet.Model.Beats.SpectralFlux;
using VampNet.Testing;
using VampNet.Training.Beats;
using Xunit;
using Xunit.Abstractions;

namespace VampNet.Model.Tests.Beats;

/// <summary>The default tracker beside aubio's on music that people wrote, played by a synthesiser: the last table of docs/beats.md.</summary>
public sealed class MidiComparisonTests(ITestOutputHelper output) : IDisposable
{
    private const double Seconds = 60;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [MidiFact]
    [Trait("Category", "Host")]
    public void The_default_tracker_is_as_good_on_music_that_people_wrote()
    {
        var tracker = new SpectralFluxBeatTracker();
        var scores = new List<(double Ours, double Aubio)>();
        output.WriteLine("| song | spectral-flux | aubio |\n|---|---:|---:|");
        foreach (var song in MidiFactAttribute.Songs)
        {
            var audio = Play(song);
            var beats = MidiSong.Beats(song, Seconds);
            scores.Add((BeatScore.TrimmedF(beats, tracker.Track(audio).BeatTimes), BeatScore.TrimmedF(beats, Aubio.Track(audio, _folder.File("music.wav")))));
            WriteLine(Path.GetFileNameWithoutExtension(song), scores[^1].Ours, scores[^1].Aubio);
        }
        WriteLine("**all**", scores.Average(s => s.Ours), scores.Average(s => s.Aubio));
        Assert.True(scores.Average(s => s.Ours) >= scores.Average(s => s.Aubio), "aubio is better");
    }

    private void WriteLine(string name, double ours, double aubio) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {ours:0.000} | {aubio:0.000} |"));

    private AudioBuffer Play(string song)
    {
        var path = _folder.File("song.wav");
        using (var process = Process.Start("fluidsynth", ["-ni", "-q", "-r", "44100", "-F", path, MidiFactAttribute.Sounds, song]))
            process.WaitForExit();
        var audio = AudioFile.Read(path).ToMono();
        return new AudioBuffer(audio.Samples[..Math.Min(audio.Samples.Length, (int)(Seconds * audio.SampleRate))], audio.SampleRate);
    }
}

/// <summary>A test that needs music in MIDI, something to play it, and aubio; skipped, visibly, where one of them is missing.</summary>
internal sealed class MidiFactAttribute : FactAttribute
{
    public const string Sounds = "/usr/share/sounds/sf2/TimGM6mb.sf2";
    private const string Music = "/usr/share/games/openttd/baseset/openmsx";

    public MidiFactAttribute() => Skip = Songs.Length > 0 && File.Exists(Sounds) && File.Exists("/usr/bin/fluidsynth") && Aubio.IsThere
        ? null
        : "music is missing: apt-get install aubio-tools fluidsynth openttd-openmsx timgm6mb-soundfont";

    public static string[] Songs => Directory.Exists(Music) ? [.. Directory.EnumerateFiles(Music, "*.mid").Order(StringComparer.Ordinal)] : [];
}
