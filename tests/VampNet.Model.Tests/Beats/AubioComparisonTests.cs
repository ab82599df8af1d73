using System.Globalization;
using VampNet.Model.Beats;
using VampNet.Model.Beats.SpectralFlux;
using VampNet.Testing;
using VampNet.Training.Beats;
using Xunit;
using Xunit.Abstractions;

namespace VampNet.Model.Tests.Beats;

/// <summary>
/// The default tracker beside aubio's, on music whose beats are known: the tables of docs/beats.md.
/// </summary>
public sealed class AubioComparisonTests(ITestOutputHelper output) : IDisposable
{
    /// <summary>aubio tracks no beat where there is digital silence, which recorded music never has.</summary>
    private const double Hiss = 0.002;

    private static readonly double[] Tempi = [.. Enumerable.Range(0, 15).Select(i => 60.0 + 10 * i)];

    private readonly TemporaryFolder _folder = new();
    private readonly SpectralFluxBeatTracker _tracker = new();

    public void Dispose() => _folder.Dispose();

    [AubioFact]
    [Trait("Category", "Host")]
    public void The_default_tracker_is_as_good_on_patterns_that_it_was_tuned_on() => Compare(
        ("clicks", Tempi.Select(bpm => DrumPatterns.Clicks(bpm, 30, hiss: Hiss))),
        ("rock", Tempi.Select(bpm => DrumPatterns.Rock(bpm, 30, hiss: Hiss))),
        ("house", Tempi.Select(bpm => DrumPatterns.House(bpm, 30, hiss: Hiss))),
        ("funk", Tempi.Select(bpm => DrumPatterns.Funk(bpm, 30, hiss: Hiss))),
        ("ballad", Tempi.Select(bpm => DrumPatterns.Ballad(bpm, 30, hiss: Hiss))));

    [AubioFact]
    [Trait("Category", "Host")]
    public void The_default_tracker_is_as_good_on_grooves_that_it_was_not_tuned_on() => Compare(
        [.. Grooves.All.Select(groove => (groove.Name, Tempi.Select((bpm, seed) => Grooves.Play(groove, bpm, seed))))]);

    [MidiFact]
    [Trait("Category", "Host")]
    public void The_default_tracker_is_as_good_on_music_that_people_wrote() => Compare(
        [.. MidiMusic.Songs.Select(
            song => (Path.GetFileNameWithoutExtension(song),
            Enumerable.Repeat(song, 1).Select(path => MidiMusic.Play(path, _folder.File("song.wav")))))]);

    private void Compare(params (string Name, IEnumerable<Rendered> Music)[] families)
    {
        var all = new List<(double Ours, double Aubio)>();
        output.WriteLine("| music | spectral-flux | aubio |\n|---|---:|---:|");
        foreach (var (name, music) in families)
        {
            var scores = music.Select(Score).ToArray();
            output.WriteLine(Line(name, scores));
            all.AddRange(scores);
        }
        output.WriteLine(Line("**all**", all));
        Assert.True(all.Average(s => s.Ours) >= all.Average(s => s.Aubio), "aubio is better");
    }

    private static string Line(string name, IReadOnlyCollection<(double Ours, double Aubio)> scores) => string.Create(
        CultureInfo.InvariantCulture, $"| {name} | {scores.Average(s => s.Ours):0.000} | {scores.Average(s => s.Aubio):0.000} |");

    private (double Ours, double Aubio) Score(Rendered music) => (
        BeatScore.TrimmedF(music.Beats, _tracker.Track(music.Audio).BeatTimes),
        BeatScore.TrimmedF(music.Beats, Aubio.Track(music.Audio, _folder.File("music.wav"))));
}
