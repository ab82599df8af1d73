using System.Buffers.Binary;

namespace VampNet.Audio.Files.Structure;

/// <summary>
/// The frames of an MPEG audio file (ISO 11172-3, 13818-3), which follow each other without a gap. A header has no checksum of its own: a
/// frame is believed where another follows it. An info frame (Xing, LAME) at the start says how many there are. Few files have the checksum
/// that the standard offers; without, wrong bits in the middle of a frame cannot be told.
/// </summary>
internal sealed class MpegStructure
{
    /// <summary>Bytes before the first frame among which it is searched for, tags not counted.</summary>
    private const int MaxJunk = 64 << 10;

    private const int MaxFreeBytes = 8 << 10;

    private readonly ByteWindow _bytes;
    private readonly long _start, _end;
    private readonly List<MpegRun> _runs = [];
    private readonly MpegHeader _format;
    private readonly List<AudioPart> _parts = [];
    private AudioDamage? _damage;
    private long _samples, _announced, _bytesDone, _framesDone;
    private (long Good, long Bad, AudioDamage? First) _checksums;

    private MpegStructure(ByteWindow bytes, long start)
    {
        (_bytes, _start, _format) = (bytes, start, MpegHeader.At(bytes, start)!.Value);
        _end = TrailingTags.SkipZeros(bytes, TrailingTags.Start(bytes));
    }

    /// <summary>Where the first frame is, behind tags and a little that is none; null where there is none.</summary>
    public static long? Start(ByteWindow bytes)
    {
        var music = SkipTags(bytes, 0);
        if (MpegHeader.At(bytes, music) is { } first && !Follow(bytes, music, first, 3) && IsAll(bytes, music, first))
            return music;
        return Find(music, 3) is { } start && (start == music || music == 0) ? start : Find(0, 12) ?? Find(music, 3);

        // The length of a tag may be wrong, too: then many frames in a row lie within it.
        long? Find(long at, int count)
        {
            for (var last = at + MaxJunk; (at = bytes.Find(at, 0xFF, 0xE0, 0xE0)) < Math.Min(last, bytes.Length); at++)
            {
                if (MpegHeader.At(bytes, at) is { } header && Follow(bytes, at, header, count))
                    return at;
            }
            return null;
        }
    }

    /// <summary>Behind the tags at a position (ID3v2, of which there may be several, and ID3v1).</summary>
    public static long SkipTags(ByteWindow bytes, long at)
    {
        while (bytes.At(at, 10) is { Length: 10 } tag)
        {
            long length;
            if (tag.StartsWith("ID3"u8) && (tag[6] | tag[7] | tag[8] | tag[9]) < 0x80)
                length = 10 + ((tag[6] << 21) | (tag[7] << 14) | (tag[8] << 7) | tag[9]) + ((tag[5] & 0x10) != 0 ? 10 : 0);
            else if (tag.StartsWith("TAG"u8))
                length = TrailingTags.Id3v1Bytes;
            else
                break;
            if (at + length > bytes.Length)
                break;
            at += length;
        }
        return at;
    }

    /// <summary>
    /// Whether a file begins with frames that do not say their length ("free format"), as few do: libsndfile finds its way in them.
    /// </summary>
    public static bool IsFreeFormat(ByteWindow bytes)
    {
        var start = bytes.At(0, 2 * MaxFreeBytes).ToArray();
        if (start.Length < 4 || start[0] != 0xFF || (start[1] & 0xE6) is < 0xE2 || (start[1] & 0x18) == 8 || start[2] >> 4 != 0)
            return false;
        for (var length = 24; length < Math.Min(MaxFreeBytes, start.Length / 2 - 4); length++)
        {
            if (IsLike(length) && (IsLike(2 * length) || IsLike(2 * length + 1) || IsLike(2 * length - 1)))
                return true;
        }
        return false;

        bool IsLike(int at) => start[at] == 0xFF && start[at + 1] == start[1] && (start[at + 2] & 0xFD) == (start[2] & 0xFD);
    }

    /// <param name="start">of the first frame</param>
    /// <exception cref="InvalidAudioException">sample rate or channels change in the middle</exception>
    public static AudioStructure Read(ByteWindow bytes, long start)
    {
        var structure = new MpegStructure(bytes, start);
        structure.Walk();
        return new AudioStructure(structure._parts, structure._damage);
    }

    private double Seconds => (double)_samples / _format.SampleRate;

    private void Walk()
    {
        CheckFront();
        for (var at = _start; at < _end;)
        {
            if (MpegHeader.At(_bytes, at) is { } frame && frame.Fits(_format) && IsFollowed(at, frame))
            {
                if (at + frame.Length <= _bytes.Length)
                    Take(at, frame);
                at += frame.Length;
                continue;
            }
            if (SkipTags(_bytes, at) is var behind && behind > at)
            {
                at = behind;
                continue;
            }
            RefuseChange(at);
            var next = Next(at + 1);
            _damage ??= new AudioDamage(Seconds, "an MPEG frame is damaged or missing");
            at = Resume(at, next);
        }
        Finish();
        if (_checksums.Bad < _checksums.Good) // otherwise the encoder had another idea of them
            _damage = Earlier(_damage, _checksums.First);
    }

    /// <summary>Less than a frame in front is the rest of one that was cut, zeros are nothing; more is lost music or a bad tag.</summary>
    private void CheckFront()
    {
        var from = SkipTags(_bytes, 0);
        if (_start < from || (_start - from >= _format.Length && !IsZero(from, _start)))
            _damage = new AudioDamage(0, "what is in front of the first MPEG frame is neither a tag nor a frame");
    }

    /// <summary>A frame that is there.</summary>
    private void Take(long at, MpegHeader frame)
    {
        var bytes = _bytes.At(at, frame.Length);
        if (MpegInfo.Of(bytes, frame) is { } info)
        {
            Finish();
            _announced = info;
            Append(at, frame.Length);
            return;
        }
        if (frame.HasChecksum && frame.Layer == 3)
        {
            var holds = frame.ChecksumHolds(bytes);
            _checksums.Good += holds ? 1 : 0;
            _checksums.Bad += holds ? 0 : 1;
            if (!holds)
                _checksums.First ??= new AudioDamage(Seconds, "an MPEG frame fails its checksum");
        }
        Append(at, frame.Length);
        (_bytesDone, _framesDone) = (_bytesDone + frame.Length, _framesDone + 1);
        _samples += frame.Samples;
    }

    private void Append(long at, int length)
    {
        if (_runs.Count > 0 && _runs[^1] is { Muted: false } last && last.To == at)
            _runs[^1] = last with { To = at + length };
        else
            _runs.Add(new MpegRun(at, at + length));
        if (_runs.Count > 16 * AudioStructure.MaxParts)
            throw new InvalidAudioException(AudioProblem.Damaged, "an MPEG file with too many holes");
    }

    /// <summary>Puts silence where frames are lost, as many as their bytes would make.</summary>
    /// <returns>where to go on</returns>
    private long Resume(long at, long next)
    {
        var average = _framesDone > 0 ? (double)_bytesDone / _framesDone : _format.Length;
        _runs.Add(new MpegRun(next, next) { Silence = (int)Math.Round((next - at) / average, MidpointRounding.AwayFromZero) });
        _samples += (long)_runs[^1].Silence * _format.Samples;
        // A frame of layer III begins in the bytes of those before. Without these it is noise: mute, but its bytes serve those after it.
        for (var known = 0; MpegHeader.At(_bytes, next) is { Layer: 3 } frame && frame.Fits(_format); next += frame.Length)
        {
            var bytes = _bytes.At(next, frame.Length);
            if (bytes.Length < frame.Length || frame.Reservoir(bytes) <= known)
                break;
            known += frame.Length - frame.SideEnd;
            _runs.Add(new MpegRun(next, next + frame.Length) { Muted = true });
            _samples += frame.Samples;
            _framesDone++;
            _bytesDone += frame.Length;
        }
        return next;
    }

    /// <summary>Ends a stream: what was announced and is not there is missing.</summary>
    private void Finish()
    {
        if (_runs.Count == 0)
            return;
        var frames = _framesDone;
        var silence = _runs.Sum(run => (long)run.Silence);
        var runs = _runs.ToArray();
        if (_announced > 0)
        {
            var missing = Math.Max(0, _announced - frames);
            if (missing > 1 && silence == 0)
                _damage ??= new AudioDamage(Seconds, $"it ends after {frames} MPEG frames of {_announced}");
            // The estimates of what is lost must not make it longer than it was, nor shorter.
            var largest = 0;
            for (var i = 0; i < runs.Length; i++)
            {
                var kept = (int)Math.Min(runs[i].Silence, missing);
                (runs[i], missing) = (runs[i] with { Silence = kept }, missing - kept);
                largest = kept > runs[largest].Silence ? i : largest;
            }
            if (silence > 0)
                runs[largest] = runs[largest] with { Silence = runs[largest].Silence + (int)Math.Min(missing, silence + 2) };
        }
        // More frames than announced would be cut off by the decoder.
        var flags = _announced > 0 && frames <= _announced ? 0 : Interop.Mpg123.IgnoreInfoFrame;
        var (bytes, format) = (_bytes, _format);
        _parts.Add(new AudioPart(() => new MpegDecoder(bytes, format, runs, _start, flags)));
        if (_parts.Count > AudioStructure.MaxParts)
            throw new InvalidAudioException(AudioProblem.Damaged, $"an MPEG file of more than {AudioStructure.MaxParts} parts");
        _runs.Clear();
        (_announced, _bytesDone, _framesDone) = (0, 0, 0);
    }

    /// <summary>Whether a frame is followed by another, a tag, or the end.</summary>
    private bool IsFollowed(long at, MpegHeader frame)
    {
        var next = at + frame.Length;
        return next >= _end
            || (MpegHeader.At(_bytes, next) is { } header && (header.Fits(_format) || Follow(_bytes, next, header, 3)))
            || SkipTags(_bytes, next) > next;
    }

    private long Next(long at)
    {
        for (; (at = _bytes.Find(at, 0xFF, 0xE0, 0xE0)) < _end; at++)
        {
            if (MpegHeader.At(_bytes, at) is { } header && header.Fits(_format) && IsFollowed(at, header))
                return at;
        }
        return _end;
    }

    /// <summary>Frames of another kind are no damage, but there is no one rate for all.</summary>
    private void RefuseChange(long at)
    {
        if (MpegHeader.At(_bytes, at) is not { } header || header.Fits(_format) || !Follow(_bytes, at, header, 3))
            return;
        const string Remedy = "\"ffmpeg -i in.mp3 out.wav\" makes them one";
        if (header.SampleRate != _format.SampleRate)
            throw new InvalidAudioException(
                AudioProblem.SampleRate,
                $"the sample rate changes at {Seconds:0.000} s, from {_format.SampleRate} to {header.SampleRate} Hz; {Remedy}");
        if (header.Channels != _format.Channels)
            throw new InvalidAudioException(
                AudioProblem.Channels,
                $"the channels change at {Seconds:0.000} s, from {_format.Channels} to {header.Channels}; {Remedy}");
    }

    /// <summary>Whether this many frames like this one follow each other.</summary>
    private static bool Follow(ByteWindow bytes, long at, MpegHeader like, int count)
    {
        for (; count > 0 && MpegHeader.At(bytes, at) is { } header && header.Fits(like); count--)
            at += header.Length;
        return count == 0;
    }

    /// <summary>Whether a file is so short that fewer frames than <see cref="Follow"/> asks for are all of it.</summary>
    private static bool IsAll(ByteWindow bytes, long at, MpegHeader like)
    {
        while (MpegHeader.At(bytes, at) is { } header && header.Fits(like))
            at += header.Length;
        return at >= TrailingTags.SkipZeros(bytes, TrailingTags.Start(bytes));
    }

    private bool IsZero(long from, long to)
    {
        while (from < to && _bytes.At(from, (int)Math.Min(ByteWindow.MaxCount, to - from)) is { Length: > 0 } bytes)
        {
            if (bytes.ContainsAnyExcept((byte)0))
                return false;
            from += bytes.Length;
        }
        return true;
    }

    private static AudioDamage? Earlier(AudioDamage? a, AudioDamage? b) => a is null || b?.Seconds < a.Seconds ? b ?? a : a;
}

/// <summary>Frames without a gap, after some that are lost.</summary>
/// <param name="From">first byte</param>
/// <param name="To">byte after the last</param>
internal sealed record MpegRun(long From, long To)
{
    /// <summary>Silent frames before it.</summary>
    public int Silence { get; init; }

    /// <summary>Whether it is one frame that is fed to the decoder without its sound.</summary>
    public bool Muted { get; init; }
}

/// <summary>The four bytes that begin an MPEG frame.</summary>
/// <param name="Version">1, 2, or 3 for what is called 2.5</param>
/// <param name="Layer">1 to 3</param>
/// <param name="SampleRate">in Hz</param>
/// <param name="Length">in bytes, of the whole frame</param>
internal readonly record struct MpegHeader(int Version, int Layer, bool HasChecksum, int SampleRate, int Channels, int Length)
{
    private static readonly int[][] s_kilobits =
    [
        [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
        [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
        [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
        [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
        [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    ];

    /// <summary>Samples per channel.</summary>
    public int Samples => Layer == 1 ? 384 : Layer == 3 && Version > 1 ? 576 : 1_152;

    /// <summary>Where the side information of layer III ends and its main data begins.</summary>
    public int SideEnd => SideStart + (Version == 1 ? Channels == 1 ? 17 : 32 : Channels == 1 ? 9 : 17);

    private int SideStart => HasChecksum ? 6 : 4;

    /// <summary>The header at a position; null where there is none, or one of a frame of unknown length ("free format").</summary>
    public static MpegHeader? At(ByteWindow window, long at)
    {
        var bytes = window.At(at, 4);
        if (bytes.Length < 4 || bytes[0] != 0xFF || (bytes[1] & 0xE0) != 0xE0)
            return null;
        var (version, layer) = (((bytes[1] >> 3) & 3) switch { 3 => 1, 2 => 2, 0 => 3, _ => 0 }, 4 - ((bytes[1] >> 1) & 3));
        var (rate, kilobits) = ((bytes[2] >> 2) & 3, bytes[2] >> 4);
        if (version == 0 || layer == 4 || rate == 3 || kilobits is 0 or 15)
            return null;
        ReadOnlySpan<int> rates = [44_100, 48_000, 32_000];
        var sampleRate = rates[rate] >> (version - 1);
        var bits = 1_000 * s_kilobits[version == 1 ? layer - 1 : layer == 1 ? 3 : 4][kilobits];
        var padding = (bytes[2] >> 1) & 1;
        var header = new MpegHeader(version, layer, (bytes[1] & 1) == 0, sampleRate, bytes[3] >> 6 == 3 ? 1 : 2, 0);
        return header with
        {
            Length = layer == 1 ? (12 * bits / sampleRate + padding) * 4 : header.Samples / 8 * bits / sampleRate + padding,
        };
    }

    /// <summary>Whether both can be frames of one stream.</summary>
    public bool Fits(MpegHeader other) => this with { Length = 0 } == other with { Length = 0 };

    /// <summary>Bytes before the frame in which its main data begins.</summary>
    /// <param name="frame">of layer III</param>
    public int Reservoir(ReadOnlySpan<byte> frame) =>
        Version == 1 ? (frame[SideStart] << 1) | (frame[SideStart + 1] >> 7) : frame[SideStart];

    /// <summary>Whether the checksum over header and side information is right.</summary>
    /// <param name="frame">of layer III, with a checksum</param>
    public bool ChecksumHolds(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < SideEnd)
            return false;
        var crc = Checksums.Crc16(Checksums.Crc16(0xFFFF, frame[2]), frame[3]);
        foreach (var next in frame[SideStart..SideEnd])
            crc = Checksums.Crc16(crc, next);
        return crc == BinaryPrimitives.ReadUInt16BigEndian(frame[4..]);
    }
}

/// <summary>The frame without sound that encoders put first.</summary>
internal static class MpegInfo
{
    private const int VbriOffset = 36;

    /// <returns>the frames that it announces, 0 where it does not say; null for a frame of sound</returns>
    public static long? Of(ReadOnlySpan<byte> bytes, MpegHeader frame)
    {
        if (frame.Layer != 3)
            return null;
        // Some encoders count the checksum in, others do not.
        foreach (var at in new[] { frame.SideEnd, frame.SideEnd - 2 })
        {
            if (bytes.Length >= at + 12 && (bytes[at..].StartsWith("Xing"u8) || bytes[at..].StartsWith("Info"u8)))
                return (bytes[at + 7] & 1) != 0 ? BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 8)..]) : 0;
        }
        return bytes.Length >= VbriOffset + 18 && bytes[VbriOffset..].StartsWith("VBRI"u8)
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes[(VbriOffset + 14)..])
            : null;
    }
}
