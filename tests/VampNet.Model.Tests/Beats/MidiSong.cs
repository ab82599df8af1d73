using System.Buffers.Binary;

namespace VampNet.Model.Tests.Beats;

/// <summary>
/// When the beats of a standard MIDI file are, in seconds, by its tempi and time signatures (x/8 in threes, else one a unit).
/// </summary>
internal sealed class MidiSong
{
    private const int Tempo = 0x51, TimeSignature = 0x58;
    private const double TempoUnlessTold = 500_000; // microseconds a quarter note
    private readonly List<(long Tick, double Microseconds)> _tempi = [(0, TempoUnlessTold)];
    private readonly List<(long Tick, int Count, int Unit)> _metres = [(0, 4, 4)];
    private readonly double _ticksPerQuarter;
    private long _first = long.MaxValue, _end;

    /// <exception cref="InvalidDataException">no MIDI file, or one that counts in frames of film</exception>
    private MidiSong(ReadOnlySpan<byte> file)
    {
        if (file.Length < 14 || !file[..4].SequenceEqual("MThd"u8) || (file[12] & 0x80) != 0)
            throw new InvalidDataException("not a MIDI file with ticks a quarter note");
        _ticksPerQuarter = BinaryPrimitives.ReadInt16BigEndian(file[12..]);
        for (var rest = file[14..]; rest.Length >= 8;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(rest[4..]);
            if (rest[..4].SequenceEqual("MTrk"u8))
                ReadTrack(rest.Slice(8, length));
            rest = rest[(8 + length)..];
        }
        _tempi = [.. _tempi.OrderBy(t => t.Tick)];
        _metres = [.. _metres.OrderBy(m => m.Tick)];
    }

    /// <summary>Beats of the first so many seconds, from the first note on.</summary>
    public static double[] Beats(string path, double seconds) =>
        [.. new MidiSong(File.ReadAllBytes(path)).Beats().TakeWhile(beat => beat < seconds)];

    private IEnumerable<double> Beats()
    {
        for (var i = 0; i < _metres.Count; i++)
        {
            var (from, count, unit) = _metres[i];
            var to = i + 1 < _metres.Count ? _metres[i + 1].Tick : _end;
            var beat = _ticksPerQuarter * 4 / unit * (unit == 8 && count % 3 == 0 ? 3 : 1);
            for (double tick = from; tick < to; tick += beat)
            {
                if (tick >= _first)
                    yield return Seconds(tick);
            }
        }
    }

    private double Seconds(double tick)
    {
        var seconds = 0.0;
        for (var i = 0; i < _tempi.Count && _tempi[i].Tick < tick; i++)
        {
            var to = i + 1 < _tempi.Count ? Math.Min(tick, _tempi[i + 1].Tick) : tick;
            seconds += (to - _tempi[i].Tick) * _tempi[i].Microseconds / _ticksPerQuarter / 1e6;
        }
        return seconds;
    }

    private void ReadTrack(ReadOnlySpan<byte> track)
    {
        long tick = 0;
        var status = 0;
        for (var i = 0; i < track.Length;)
        {
            tick += Number(track, ref i);
            if (track[i] >= 0x80)
                status = track[i++]; // otherwise it is still that of the event before
            if (status == 0xFF)
            {
                var kind = track[i++];
                var length = (int)Number(track, ref i);
                var data = track.Slice(i, length);
                i += length;
                if (kind == Tempo)
                    _tempi.Add((tick, data[0] << 16 | data[1] << 8 | data[2]));
                else if (kind == TimeSignature)
                    _metres.Add((tick, data[0], 1 << data[1]));
            }
            else if (status >= 0xF0)
            {
                var length = (int)Number(track, ref i);
                i += length;
            }
            else
            {
                if ((status & 0xF0) == 0x90 && track[i + 1] > 0)
                    _first = Math.Min(_first, tick);
                i += (status & 0xF0) is 0xC0 or 0xD0 ? 1 : 2;
            }
        }
        _end = Math.Max(_end, tick);
    }

    /// <summary>Seven bits a byte, the highest first.</summary>
    private static long Number(ReadOnlySpan<byte> track, ref int i)
    {
        long number = 0;
        byte next;
        do
        {
            next = track[i++];
            number = number << 7 | (uint)(next & 0x7F);
        }
        while (next >= 0x80);
        return number;
    }
}
