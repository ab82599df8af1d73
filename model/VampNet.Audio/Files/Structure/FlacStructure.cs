using System.Buffers.Binary;

namespace VampNet.Audio.Files.Structure;

/// <summary>
/// The frames of a FLAC file (RFC 9639). Each has a checksum and the number of its first sample, and the header may say how many samples
/// there are in all. What the header says alone (comments, pictures, the MD5 of the samples) is not checked: it changes no sample.
/// </summary>
internal sealed class FlacStructure
{
    /// <summary>Of the start of a file, which is needed to decode any frame: the marker and the block STREAMINFO.</summary>
    public const int HeadBytes = 4 + 4 + 34;

    private const int TotalOffset = 8 + 13, Md5Offset = 8 + 18;
    private const int MaxHeaderBytes = 16;

    private readonly ByteWindow _bytes;
    private readonly long _end;
    private readonly int _rate, _channels, _bits;
    private readonly int _fixedBlock;
    private long _budget; // bytes that may be summed for what turns out to be no frame

    private FlacStructure(ByteWindow bytes, ReadOnlySpan<byte> head)
    {
        (_bytes, _budget, _end) = (bytes, 4 * bytes.Length + (1 << 20), TrailingTags.Start(bytes));
        (_rate, _channels) = (Rate(head), ((head[8 + 12] >> 1) & 7) + 1);
        _bits = (((head[8 + 12] & 1) << 4) | (head[8 + 13] >> 4)) + 1;
        _fixedBlock = BinaryPrimitives.ReadUInt16BigEndian(head[(8 + 2)..]);
    }

    /// <summary>In Hz.</summary>
    /// <param name="head">the first <see cref="HeadBytes"/> of a file</param>
    public static int Rate(ReadOnlySpan<byte> head) => BinaryPrimitives.ReadInt32BigEndian(head[(8 + 10)..]) >>> 12;

    /// <param name="from">where the marker is</param>
    /// <exception cref="InvalidAudioException">the header is damaged</exception>
    public static AudioStructure Read(ByteWindow bytes, long from)
    {
        var head = bytes.At(from, HeadBytes).ToArray();
        if (head.Length < HeadBytes || (head[4] & 0x7F) != 0 || Rate(head) == 0)
            throw AudioStructure.BadHeader("no FLAC stream info");
        var total = ((long)(head[TotalOffset] & 0xF) << 32) | BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(TotalOffset + 1));
        return new FlacStructure(bytes, head).Walk(head, from, Frames(bytes, from), total);
    }

    /// <summary>Where the metadata ends.</summary>
    private static long Frames(ByteWindow bytes, long from)
    {
        var at = from + 4;
        while (bytes.At(at, 4) is { Length: 4 } block)
        {
            at += 4 + (BinaryPrimitives.ReadInt32BigEndian(block) & 0xFFFFFF);
            if ((block[0] & 0x80) != 0)
                break;
        }
        return at;
    }

    private AudioStructure Walk(byte[] head, long from, long at, long total)
    {
        var runs = new List<(long From, long To, long Start, long End, bool Follows)>();
        var time = -1L; // where the last whole frame ended
        AudioDamage? damage = null;
        for (var lost = false; at < _end && runs.Count <= AudioStructure.MaxParts;)
        {
            if (Header(at) is not { } frame || End(at, frame) is not { } end)
            {
                Lose("a FLAC frame is missing or fails its checksum");
                at = Next(at + 1);
                lost = true;
                continue;
            }
            if (time >= 0 && frame.Start != time)
            {
                Lose("FLAC frames are missing");
                lost = true;
            }
            if (runs.Count == 0 || lost)
                runs.Add((at, at, frame.Start, 0, !lost));
            time = frame.Start + frame.Block;
            runs[^1] = runs[^1] with { To = end, End = time };
            (lost, at) = (false, end);
        }
        if (total > 0 && runs.Count > 0 && time - (runs[0].Follows ? runs[0].Start : 0) != total)
            Lose($"its header says {(double)total / _rate:0.000} s");
        if (runs.Count > AudioStructure.MaxParts)
            throw new InvalidAudioException(AudioProblem.Damaged, $"a FLAC file with more than {AudioStructure.MaxParts} holes");
        if (damage is null && (runs.Count > 0 || total == 0))
            return new AudioStructure([AudioPart.Of(_bytes.Stream, [], from, runs.Count > 0 ? runs[^1].To : _bytes.Length)]);
        return new AudioStructure([.. runs.Select((run, i) => Part(head, run) with { BeginsStream = i == 0, Follows = run.Follows })],
            damage ?? new AudioDamage(0, "it has no FLAC frame"));

        void Lose(string what) => damage ??= new AudioDamage((double)Math.Max(0, time) / _rate, what);
    }

    private AudioPart Part(byte[] head, (long From, long To, long Start, long End, bool Follows) run)
    {
        var info = head.ToArray();
        info[4] |= 0x80; // the last block of metadata
        var frames = run.End - run.Start;
        info[TotalOffset] = (byte)((info[TotalOffset] & 0xF0) | (int)((frames >> 32) & 0xF));
        BinaryPrimitives.WriteUInt32BigEndian(info.AsSpan(TotalOffset + 1), (uint)frames);
        info.AsSpan(Md5Offset).Clear();
        return AudioPart.Of(_bytes.Stream, info, run.From, run.To) with { Start = run.Start };
    }

    /// <summary>The next whole frame.</summary>
    private long Next(long at)
    {
        for (; (at = _bytes.Find(at, 0xFF, 0xF8, 0xFE)) < _end && _budget > 0; at++)
        {
            if (Header(at) is { } frame && End(at, frame) is not null)
                return at;
        }
        return _end;
    }

    /// <summary>Where the frame at a position ends: its checksum holds, and another frame or the end of the file follows.</summary>
    private long? End(long at, FlacFrame frame)
    {
        var most = frame.Block * _channels * (_bits + 7) / 8 + 1_024;
        long? likely = null; // the checksum holds, and what follows looks like a damaged header
        ushort crc = 0;
        for (long done = 0; done < most && _budget > 0;)
        {
            var piece = _bytes.At(at + done, (int)Math.Min(ByteWindow.MaxCount, Math.Min(most, _end - at) - done));
            for (var i = 0; i < piece.Length; i++)
            {
                crc = Checksums.Crc16(crc, piece[i]);
                if (crc != 0)
                    continue;
                var end = at + done + i + 1;
                if (end >= _end || Header(end) is not null)
                    return end;
                likely ??= _bytes.At(end, 2) is [0xFF, 0xF8 or 0xF9] ? end : null;
                piece = _bytes.At(at + done, piece.Length);
            }
            if (piece.IsEmpty)
                break;
            done += piece.Length;
        }
        _budget -= most;
        return likely;
    }

    /// <summary>The header at a position; null where there is none that fits this file.</summary>
    private FlacFrame? Header(long at)
    {
        var bytes = _bytes.At(at, MaxHeaderBytes);
        if (bytes.Length < 6 || bytes[0] != 0xFF || (bytes[1] & 0xFE) != 0xF8 || (bytes[3] & 1) != 0)
            return null;
        var (size, rate, channels, bits) = (bytes[2] >> 4, bytes[2] & 15, bytes[3] >> 4, (bytes[3] >> 1) & 7);
        // As in UTF-8, the leading ones of the first byte say how many bytes the number has.
        var more = Math.Max(0, System.Numerics.BitOperations.LeadingZeroCount((uint)(byte)~bytes[4] << 24) - 1);
        var length = 5 + more + (size == 6 ? 1 : size == 7 ? 2 : 0) + (rate == 12 ? 1 : rate is 13 or 14 ? 2 : 0);
        if (size == 0 || rate == 15 || channels > 10 || more > 6 || bytes.Length <= length)
            return null;
        if (Checksums.Crc8(bytes[..length]) != bytes[length])
            return null;
        var number = (long)(bytes[4] & (more == 0 ? 0x7F : 0x3F >> more));
        for (var i = 0; i < more; i++)
            number = (number << 6) | (long)(bytes[5 + i] & 0x3F);
        var rest = bytes[(5 + more)..length];
        var block = size switch
        {
            1 => 192,
            < 6 => 576 << (size - 2),
            6 => rest[0] + 1,
            7 => BinaryPrimitives.ReadUInt16BigEndian(rest) + 1,
            _ => 256 << (size - 8),
        };
        ReadOnlySpan<int> rates = [_rate, 88_200, 176_400, 192_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000];
        var hertz = rate switch
        {
            < 12 => rates[rate],
            12 => rest[^1] * 1_000,
            13 => BinaryPrimitives.ReadUInt16BigEndian(rest[^2..]),
            _ => BinaryPrimitives.ReadUInt16BigEndian(rest[^2..]) * 10,
        };
        ReadOnlySpan<int> depths = [_bits, 8, 12, 0, 16, 20, 24, 32];
        if (hertz != _rate || depths[bits] != _bits || (channels < 8 ? channels + 1 : 2) != _channels)
            return null;
        // Frames of one size are counted; the last may be shorter.
        return new FlacFrame((bytes[1] & 1) != 0 ? number : number * _fixedBlock, block);
    }

    /// <param name="Start">its first sample</param>
    /// <param name="Block">samples per channel</param>
    private readonly record struct FlacFrame(long Start, int Block);
}
