using VampNet.Core.Tokens;
using VampNet.Model.Checkpoints;
using VampNet.Model.Codec;
using VampNet.Testing;
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
    public void Without_a_list_the_same_track_is_held_out_every_time()
    {
        using var music = new TestMusic();
        using var first = MusicLibrary.Open(music.Folder, music.Cache, null, 44100, _ => { });
        using var second = MusicLibrary.Open(music.Folder, music.Cache, null, 44100, _ => { });
        Assert.Equal((2, 1), (first.Training.Count, first.HeldOut.Count));
        Assert.Equal(first.HeldOut[0].Name, second.HeldOut[0].Name);
    }

    [Fact]
    public void Tracks_are_prepared_once_only_wherever_they_lie_and_again_when_they_change()
    {
        using var music = new TestMusic();
        Assert.Equal(3, Prepared());
        Assert.Equal(0, Prepared());
        File.Move(Path.Combine(music.Folder, "track0.wav"), Path.Combine(music.Folder, "moved.wav"));
        Assert.Equal(0, Prepared());
        var bytes = File.ReadAllBytes(Path.Combine(music.Folder, "track1.wav")); // as long as before
        bytes[^1000] ^= 1;
        File.WriteAllBytes(Path.Combine(music.Folder, "track1.wav"), bytes);
        Assert.Equal(1, Prepared());

        int Prepared() => Lines(music).Count(line => line.StartsWith("prepared ", StringComparison.Ordinal));
    }

    [Fact]
    public void Tokens_are_made_once_for_each_content_and_each_codec()
    {
        using var music = new TestMusic();
        var codec = new CountingCodec();
        Encode("one");
        Assert.Equal(3, codec.Calls);
        Encode("one");
        Assert.Equal(3, codec.Calls);
        Encode("other");
        Assert.Equal(6, codec.Calls);
        File.Copy(Path.Combine(music.Folder, "track1.wav"), Path.Combine(music.Folder, "track2.wav"), overwrite: true);
        Encode("one"); // one track less, and nothing new
        Assert.Equal(6, codec.Calls);

        void Encode(string weights)
        {
            using var library = music.Open();
            TokenLibrary.Encode(library, codec, weights.PadRight(64, '0'), music.Cache, _ => { }, default);
        }
    }

    [Fact]
    public void Tokens_travel_in_one_file_for_their_codec_only()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "tokens.safetensors");
        new TokenLibrary([TestTokens.Riff(30), TestTokens.Riff(7)], [TestTokens.Riff(12)]).Save(path, "ours");
        var loaded = TokenLibrary.Load(path, "ours");
        Assert.Equal([30, 7], loaded.Training.Select(t => t.Frames));
        Assert.Equal(TestTokens.Riff(12).Data, Assert.Single(loaded.HeldOut).Data);
        Assert.Contains("another codec", Assert.Throws<CheckpointException>(() => TokenLibrary.Load(path, "theirs")).Message);
    }

    [Fact]
    public void A_copy_is_not_taken_twice()
    {
        using var music = new TestMusic();
        File.Copy(Path.Combine(music.Folder, "track0.wav"), Path.Combine(music.Folder, "zzz.wav"));
        Assert.Contains("skipped zzz.wav: the same as track0.wav", Lines(music));
    }

    [Fact]
    public void Variations_are_further_tracks_of_other_lengths_and_the_held_out_have_none()
    {
        using var music = new TestMusic(tracks: 2);
        using var library = MusicLibrary.Open(music.Folder, music.Cache, ["track0.wav"], 44100, _ => { }, variations: 2);
        Assert.Equal(["track1.wav", "track1.wav", "track1.wav"], library.Training.Select(t => t.Name));
        Assert.Single(library.HeldOut);
        Assert.Equal(3, library.Training.Select(t => t.Samples).Distinct().Count());
        Assert.All(library.Training, t => Assert.InRange(t.Samples, 0.9 * library.Training[0].Samples, 1.12 * library.Training[0].Samples));
        Assert.Equal(3, library.Training.Select(t => t.Key).Distinct().Count());
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

    [Fact]
    public void To_measure_with_held_out_tracks_nothing_else_is_read()
    {
        using var music = new TestMusic();
        var lines = new List<string>();
        using var library = MusicLibrary.OpenHeldOut(music.Folder, music.Cache, ["track0.wav"], 44100, lines.Add);
        Assert.Equal(["prepared track0.wav"], lines);
        Assert.Equal((0, 1), (library.Training.Count, library.HeldOut.Count));
        Assert.Throws<InvalidDataException>(() => MusicLibrary.OpenHeldOut(music.Folder, music.Cache, [], 44100, lines.Add));
    }

    [Fact]
    public void What_is_prepared_stays_when_the_rest_is_called_off()
    {
        using var music = new TestMusic();
        var codec = new CountingCodec();
        using var stop = new CancellationTokenSource();
        using (var library = music.Open())
        {
            Assert.Throws<OperationCanceledException>(
                () => TokenLibrary.Encode(library, codec, new string('0', 64), music.Cache, StopAtOnce, stop.Token));
            Assert.Equal(1, codec.Calls);
            TokenLibrary.Encode(library, codec, new string('0', 64), music.Cache, _ => { }, default);
            Assert.Equal(3, codec.Calls);
        }
        Assert.Throws<OperationCanceledException>(
            () => MusicLibrary.Open(music.Folder, music.Cache, [], 44100, _ => { }, variations: 1, stop.Token));
        Assert.Empty(Lines(music)); // nothing had to be prepared again

        void StopAtOnce(string line) => stop.Cancel();
    }

    [Fact]
    public void Preparing_is_called_off_between_two_tracks()
    {
        using var music = new TestMusic();
        using var stop = new CancellationTokenSource();
        var lines = new List<string>();
        Assert.Throws<OperationCanceledException>(
            () => MusicLibrary.Open(
                music.Folder, music.Cache, [], 44100, StopAtOnce, variations: 2 * Environment.ProcessorCount, stop.Token));
        Assert.InRange(lines.Count, 1, Environment.ProcessorCount); // what each core was at

        void StopAtOnce(string line)
        {
            lines.Add(line);
            stop.Cancel();
        }
    }

    private static List<string> Lines(TestMusic music)
    {
        var lines = new List<string>();
        MusicLibrary.Open(music.Folder, music.Cache, [], 44100, lines.Add).Dispose();
        return lines;
    }

    private sealed class CountingCodec : ICodec
    {
        public int Calls { get; private set; }

        public int SampleRate => 44100;

        public int Hop => 768;

        public int Codebooks => 1;

        public bool SharesPasses => false;

        public IReadOnlyList<TokenGrid> Encode(IReadOnlyList<EncodeWindow> windows)
        {
            Calls++;
            return [.. windows.Select(window => new TokenGrid(1, window.Count, new ushort[window.Count]))];
        }

        public IReadOnlyList<float[]> Decode(IReadOnlyList<DecodeWindow> windows) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
