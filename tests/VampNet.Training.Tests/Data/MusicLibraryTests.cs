using VampNet.Training.Data;
using Xunit;

namespace VampNet.Training.Tests.Data;

public sealed class MusicLibraryTests
{
    [Fact]
    public void Held_out_tracks_are_not_trained_on()
    {
        using var music = new TestMusic();
        using var library = music.Open();
        Assert.Equal(["track1.wav", "track2.wav"], library.Training.Select(t => t.Name));
        Assert.Equal(["track0.wav"], library.HeldOut.Select(t => t.Name));
    }

    [Fact]
    public void Tracks_are_prepared_once_only()
    {
        using var music = new TestMusic();
        var lines = new List<string>();
        MusicLibrary.Open(music.Folder, music.Cache, [], 44100, lines.Add).Dispose();
        Assert.Equal(3, lines.Count);
        MusicLibrary.Open(music.Folder, music.Cache, [], 44100, lines.Add).Dispose();
        Assert.Equal(3, lines.Count);
    }

    [Fact]
    public void A_file_that_is_no_music_is_reported_and_skipped()
    {
        using var music = new TestMusic();
        File.WriteAllText(Path.Combine(music.Folder, "broken.flac"), "no music");
        var lines = new List<string>();
        using var library = MusicLibrary.Open(music.Folder, music.Cache, [], 44100, lines.Add);
        Assert.Equal(3, library.Training.Count);
        Assert.Contains(lines, line => line.StartsWith("skipped broken.flac", StringComparison.Ordinal));
    }

    [Fact]
    public void A_held_out_track_that_does_not_exist_is_an_error()
    {
        using var music = new TestMusic();
        var error = Assert.Throws<InvalidDataException>(() => MusicLibrary.Open(music.Folder, music.Cache, ["gone.ogg"], 44100, _ => { }));
        Assert.Contains("gone.ogg", error.Message);
    }
}
