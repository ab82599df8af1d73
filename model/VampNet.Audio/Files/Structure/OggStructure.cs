using System.Buffers.Binary;

namespace VampNet.Audio.Files.Structure;

/// <summary>
/// The pages of an Ogg file (RFC 3533). Every page has a checksum and a number, and names the time at its end; the last of a stream says
/// that it is. Streams that follow each other (a chain) are all read.
/// </summary>
internal sealed class OggStructure
{
    private readonly ByteWindow _bytes;
    private readonly List<OggStream> _streams = [];
    private long _budget; // bytes that may be summed for what turns out to be no page

    private OggStructure(ByteWindow bytes) => (_bytes, _budget) = (bytes, 4 * bytes.Length + (1 << 20));

    /// <exception cref="InvalidAudioException">the beginning is damaged, or holds no codec that is read</exception>
    public static AudioStructure Read(ByteWindow bytes)
    {
        var structure = new OggStructure(bytes);
        structure.Walk();
        var parts = new List<AudioPart>();
        AudioDamage? damage = null;
        var seconds = 0.0;
        foreach (var stream in structure._streams)
        {
            parts.AddRange(stream.Parts(bytes, ref damage, seconds));
            if (parts.Count > AudioStructure.MaxParts)
                throw new InvalidAudioException(AudioProblem.Damaged, $"an Ogg file of more than {AudioStructure.MaxParts} parts");
            seconds += stream.Seconds;
        }
        if (parts.Count == 0)
            throw AudioStructure.BadHeader(damage?.What ?? "no Ogg page");
        return new AudioStructure(parts, damage);
    }

    private void Walk()
    {
        var lost = false;
        for (long at = 0; at < _bytes.Length;)
        {
            if (Page(at) is not { } page)
            {
                lost = true;
                at = Next(at + 1);
                continue;
            }
            if (page.IsFirst && (_streams.Count == 0 || _streams[^1].HasAudio))
                _streams.Add(new OggStream());
            if (_streams.Count > 0)
                _streams[^1].Add(_bytes, page, lost);
            lost = false;
            at += page.Length;
        }
        if (lost && _streams.Count > 0)
            _streams[^1].Lose("what follows is no Ogg page");
        if (_streams.Count > 0 && !_streams.Exists(stream => stream.Codec is not null))
            throw FileSignature.Unsupported("Ogg without Vorbis, Opus or FLAC");
    }

    private long Next(long at)
    {
        for (; (at = _bytes.Find(at, (byte)'O', (byte)'g', 0xFF)) < _bytes.Length; at++)
        {
            if (_budget <= 0)
                return _bytes.Length;
            if (Page(at) is not null)
                return at;
        }
        return at;
    }

    /// <summary>The page at a position; null where there is none that is whole.</summary>
    private OggPage? Page(long at)
    {
        const int HeadBytes = 27;
        var head = _bytes.At(at, HeadBytes + 255);
        if (head.Length < HeadBytes || !head.StartsWith("OggS\0"u8) || head.Length < HeadBytes + head[26])
            return null;
        var lacing = head.Slice(HeadBytes, head[26]);
        var (body, packets) = (0, 0);
        foreach (var length in lacing)
        {
            body += length;
            packets += length < 255 ? 1 : 0;
        }
        var bytes = _bytes.At(at, HeadBytes + lacing.Length + body);
        if (bytes.Length < HeadBytes + lacing.Length + body)
            return null;
        if (Checksums.Ogg(bytes) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[22..]))
        {
            _budget -= bytes.Length;
            return null;
        }
        return new OggPage(
            at, bytes.Length, body, bytes[5], BinaryPrimitives.ReadInt64LittleEndian(bytes[6..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[14..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[18..]), packets);
    }
}

/// <param name="Body">its last bytes are packets, this many</param>
/// <param name="Time">at its end, in samples; -1 = no packet ends in it</param>
/// <param name="Packets">that end in it</param>
internal readonly record struct OggPage(
    long Offset, int Length, int Body, byte Flags, long Time, uint Serial, uint Number, int Packets)
{
    public bool IsFirst => (Flags & 2) != 0;

    public bool IsLast => (Flags & 4) != 0;
}

/// <summary>One stream of a chain: the first one of a codec that is read, among those that begin together.</summary>
internal sealed class OggStream
{
    private const int OpusRate = 48_000;
    private const int MaxHeaderBytes = 16 << 20; // which every part is given

    private readonly List<OggPage> _headers = [];
    private readonly List<(long From, long To, long End, bool Follows)> _runs = [];
    private readonly List<OggPage> _pages = []; // of FLAC, which is unpacked
    private int _rate, _preSkip, _headersLeft;
    private long _time;
    private (long Time, string What)? _damage;
    private bool _lost, _headersLost, _ended;
    private uint _serial, _number;

    public string? Codec { get; private set; }

    public bool HasAudio { get; private set; }

    /// <summary>Its length as far as it is known.</summary>
    public double Seconds => Codec is null ? 0 : (double)Math.Max(0, _time - _preSkip) / _rate;

    /// <param name="lost">whether bytes before the page are no page</param>
    public void Add(ByteWindow bytes, OggPage page, bool lost)
    {
        if (lost)
            Lose("an Ogg page fails its checksum");
        HasAudio |= !page.IsFirst;
        if (page.IsFirst && Codec is null && Begin(bytes.At(page.Offset + page.Length - page.Body, page.Body)))
        {
            (_serial, _number, _headersLeft) = (page.Serial, page.Number, _headersLeft - page.Packets);
            _headers.Add(page);
            return;
        }
        if (Codec is null || page.Serial != _serial)
            return;
        if (page.Number != unchecked(_number + 1))
            Lose("Ogg pages are missing");
        (_number, _ended) = (page.Number, page.IsLast);
        if (_headersLeft > 0)
        {
            _headersLost |= _lost || _headers.Sum(header => (long)header.Length) > MaxHeaderBytes;
            _headersLeft -= page.Packets;
            _headers.Add(page);
            return;
        }
        if (Codec == "FLAC")
            _pages.Add(page);
        _time = page.Time >= 0 ? page.Time : _time;
        if (_runs.Count == 0 || _lost)
            _runs.Add((page.Offset, page.Offset, _time, !_lost));
        _runs[^1] = _runs[^1] with { To = page.Offset + page.Length, End = _time };
        _lost = false;
    }

    /// <summary>Something is missing here.</summary>
    public void Lose(string what)
    {
        _damage ??= (_time, what);
        _lost = true;
    }

    /// <param name="damage">takes the first of the file</param>
    /// <param name="before">length of the streams before, in seconds</param>
    public IEnumerable<AudioPart> Parts(ByteWindow bytes, ref AudioDamage? damage, double before)
    {
        if (Codec is null)
            return [];
        if (!_ended)
            Lose("the stream ends without its last Ogg page");
        if (_headersLost || _headersLeft > 0)
            _damage = (0, "the headers of an Ogg stream are lost");
        if (_damage is { } own)
            damage ??= new AudioDamage(before + (double)Math.Max(0, own.Time - _preSkip) / _rate, own.What);
        if (_headersLost || _headersLeft > 0 || _runs.Count > AudioStructure.MaxParts)
            return [];
        if (Codec == "FLAC")
            return Unpacked(bytes, ref damage, before);
        if (_runs.Count == 1 && _runs[0].Follows)
            return [AudioPart.Of(bytes.Stream, [], _headers[0].Offset, _runs[0].To)];
        var headers = _headers.SelectMany(page => bytes.At(page.Offset, page.Length).ToArray()).ToArray();
        return _runs.Select((run, i) => AudioPart.Of(bytes.Stream, headers, run.From, run.To, seeksFirst: true) with
        {
            End = run.End - _preSkip,
            BeginsStream = i == 0,
            Follows = run.Follows,
        });
    }

    /// <summary>Reads the first packet.</summary>
    /// <returns>whether it is of a codec that is read</returns>
    private bool Begin(ReadOnlySpan<byte> packet)
    {
        if (packet.Length >= 30 && packet.StartsWith("\u0001vorbis"u8))
            (Codec, _headersLeft, _rate) = ("Vorbis", 3, BinaryPrimitives.ReadInt32LittleEndian(packet[12..]));
        else if (packet.Length >= 19 && packet.StartsWith("OpusHead"u8))
            (Codec, _headersLeft, _rate, _preSkip) = ("Opus", 2, OpusRate, BinaryPrimitives.ReadUInt16LittleEndian(packet[10..]));
        else if (packet.Length >= FlacStructure.HeadBytes + 9 && packet.StartsWith("\u007FFLAC\u0001"u8))
            (Codec, _headersLeft, _rate) = ("FLAC", 1, FlacStructure.Rate(packet[9..]));
        else
            return false;
        if (_rate <= 0)
            throw AudioStructure.BadHeader($"{Codec} at {_rate} Hz");
        return true;
    }

    /// <summary>The same as a FLAC file: packets are its blocks and frames.</summary>
    private IReadOnlyList<AudioPart> Unpacked(ByteWindow bytes, ref AudioDamage? damage, double before)
    {
        var file = new SpoolStream();
        try
        {
            foreach (var page in _headers.Concat(_pages))
            {
                var packets = bytes.At(page.Offset + page.Length - page.Body, page.Body);
                file.Write(page.IsFirst ? packets[9..] : packets);
            }
            var structure = FlacStructure.Read(new ByteWindow(file), 0);
            if (structure.Damage is { } own)
                damage ??= own with { Seconds = before + own.Seconds };
            return [.. structure.Parts.Select((part, i) => part with { Owned = i == 0 ? file : null })];
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
