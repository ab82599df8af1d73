using VampNet.Testing;
using Xunit;

namespace VampNet.Model.Tests.Beats;

public sealed class MidiSongTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Beats_follow_tempi_and_time_signatures_from_the_first_note_on()
    {
        byte[] track =
        [
            0, 0xFF, 0x51, 3, 0x07, 0xA1, 0x20, // 120 quarter notes a minute
            96, 0x90, 60, 100, // the first note, a quarter note in
            96, 60, 0, // off, by the same status
            0, 0xFF, 0x51, 3, 0x0F, 0x42, 0x40, // 60 a minute from the third on
            0x81, 0x40, 0xFF, 0x58, 4, 6, 3, 24, 8, // 6/8 from the fifth on
            0x81, 0x40, 0xFF, 0x2F, 0, // two quarter notes more
        ];
        byte[] file = [.. "MThd"u8, 0, 0, 0, 6, 0, 0, 0, 1, 0, 96, .. "MTrk"u8, 0, 0, 0, (byte)track.Length, .. track];
        var path = _folder.File("song.mid");
        File.WriteAllBytes(path, file);
        Assert.Equal([0.5, 1, 2, 3, 4.5], MidiSong.Beats(path, 60).Select(beat => Math.Round(beat, 6)));
        Assert.Equal([0.5, 1], MidiSong.Beats(path, 2));
    }
}
