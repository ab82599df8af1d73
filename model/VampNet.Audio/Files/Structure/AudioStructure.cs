using VampNet.Audio.Interop;

namespace VampNet.Audio.Files.Structure;

/// <summary>
/// What a file consists of, read from its own marks before anything is decoded: decoders pass over damage without a word, or end at it.
/// </summary>
/// <param name="parts">in the order of time</param>
/// <param name="damage">the first; null = none that the format can tell</param>
internal sealed class AudioStructure(IReadOnlyList<AudioPart> parts, AudioDamage? damage = null) : IDisposable
{
    /// <summary>Most parts, so that a file that is all holes or links costs no more than it can be worth.</summary>
    public const int MaxParts = 1_000;

    public IReadOnlyList<AudioPart> Parts => parts;

    public AudioDamage? Damage => damage;

    /// <summary>A file that one decoder reads.</summary>
    public static AudioStructure Whole(Stream stream) => new([AudioPart.Of(stream, [], 0, stream.Length)]);

    /// <exception cref="InvalidAudioException">always</exception>
    public static InvalidAudioException BadHeader(string detail) =>
        new(AudioProblem.Damaged, $"audio header is truncated or damaged ({detail})");

    public void Dispose()
    {
        foreach (var part in parts)
            part.Owned?.Dispose();
    }
}

/// <summary>Where a file is damaged, and how.</summary>
/// <param name="Seconds">from the start of the audio</param>
/// <param name="What">in a few words</param>
internal sealed record AudioDamage(double Seconds, string What);

/// <summary>A stretch of a file that is decoded by itself.</summary>
/// <param name="Open">a decoder at its start</param>
/// <param name="Start">its first sample in the time of its stream; null = <paramref name="End"/> says, or nothing does</param>
/// <param name="End">the end of its last sample in the time of its stream; null = unknown</param>
internal sealed record AudioPart(Func<IAudioDecoder> Open, long? Start = null, long? End = null)
{
    /// <summary>Whether a stream begins here: its time starts where the one before ended.</summary>
    public bool BeginsStream { get; init; } = true;

    /// <summary>Whether nothing is lost before it, so that it follows at once whatever time it names.</summary>
    public bool Follows { get; init; } = true;

    /// <summary>A stream that goes with the part; null = none.</summary>
    public IDisposable? Owned { get; init; }

    /// <summary>Bytes of a stream for libsndfile.</summary>
    /// <param name="prefix">headers that go before them</param>
    /// <param name="from">first byte</param>
    /// <param name="to">byte after the last</param>
    /// <param name="seeksFirst">whether the decoder has to seek to the first sample</param>
    public static AudioPart Of(Stream stream, byte[] prefix, long from, long to, bool seeksFirst = false) =>
        new(() => new SndFileDecoder(new StreamRange(stream, prefix, from, to), seeksFirst));
}

/// <summary>Samples of one part.</summary>
internal interface IAudioDecoder : IDisposable
{
    /// <summary>In Hz.</summary>
    int SampleRate { get; }

    int Channels { get; }

    /// <summary>Samples per channel that the part claims to have; null = it does not say.</summary>
    long? Frames { get; }

    /// <summary>What was wrong with what it read up to now; null = nothing.</summary>
    string? Failure { get; }

    /// <param name="buffer">interleaved whole frames</param>
    /// <returns>samples; 0 at the end</returns>
    int Read(Span<float> buffer);
}

/// <summary>Bytes of a seekable stream by their position, through one buffer.</summary>
internal sealed class ByteWindow(Stream stream)
{
    /// <summary>Most bytes at once.</summary>
    public const int MaxCount = 128 << 10;

    private readonly byte[] _buffer = new byte[2 * MaxCount];
    private long _start;
    private int _filled;

    public Stream Stream => stream;

    public long Length { get; } = stream.Length;

    /// <returns>fewer bytes than asked for at the end only; valid until the next call</returns>
    /// <exception cref="IOException">the stream cannot be read</exception>
    public ReadOnlySpan<byte> At(long position, int count)
    {
        count = (int)Math.Clamp(Length - position, 0, count);
        if (count == 0)
            return [];
        if (position < _start || position + count > _start + _filled)
        {
            try
            {
                stream.Position = position;
                (_start, _filled) = (position, stream.ReadAtLeast(_buffer, _buffer.Length, throwOnEndOfStream: false));
            }
            catch (Exception error)
            {
                throw new IOException("the audio stream could not be read", error);
            }
        }
        return _buffer.AsSpan((int)(position - _start), Math.Min(count, _filled - (int)(position - _start)));
    }

    /// <summary>The first place at or after a position that may begin with two bytes; the length where there is none.</summary>
    /// <param name="mask">the bits of the second byte that count</param>
    public long Find(long position, byte first, byte second, byte mask)
    {
        while (At(position, MaxCount) is { Length: > 1 } bytes)
        {
            for (var i = 0; i < bytes.Length - 1; i++)
            {
                var next = bytes[i..].IndexOf(first);
                if (next < 0)
                    break;
                i += next;
                if (i < bytes.Length - 1 && (bytes[i + 1] & mask) == second)
                    return position + i;
            }
            position += bytes.Length - 1;
        }
        return Length;
    }
}

/// <summary>Some bytes of another stream with others before them, to be read and sought in as a file of its own.</summary>
internal sealed class StreamRange(Stream stream, byte[] prefix, long from, long to) : Stream
{
    public override long Length => prefix.Length + (to - from);

    public override long Position { get; set; }

    public override bool CanRead => true;

    public override bool CanWrite => false;

    public override bool CanSeek => true;

    public override int Read(Span<byte> buffer)
    {
        buffer = buffer[..(int)Math.Clamp(Length - Position, 0, buffer.Length)];
        if (buffer.IsEmpty)
            return 0;
        int read;
        if (Position < prefix.Length)
        {
            read = Math.Min(buffer.Length, prefix.Length - (int)Position);
            prefix.AsSpan((int)Position, read).CopyTo(buffer);
        }
        else
        {
            stream.Position = from + Position - prefix.Length;
            read = stream.Read(buffer);
        }
        Position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => Position,
        _ => Length,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>Decodes what libsndfile knows.</summary>
internal sealed class SndFileDecoder : IAudioDecoder
{
    private readonly VirtualFile _file;

    /// <param name="stream">seekable, at its start; left open</param>
    /// <param name="seeksFirst">for the middle of Opus, where only after it sought it begins with the samples that it counts</param>
    /// <exception cref="InvalidAudioException">libsndfile does not read it</exception>
    public SndFileDecoder(Stream stream, bool seeksFirst)
    {
        _file = new VirtualFile(stream, SndFile.ModeRead, default);
        try
        {
            ThrowOnStreamError();
            if (_file.Handle.IsInvalid)
                throw Refusal();
            if (seeksFirst)
                _ = SndFile.Seek(_file.Handle, 0, 0);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public int SampleRate => _file.Info.SampleRate;

    public int Channels => _file.Info.Channels;

    public long? Frames => _file.Info.Frames is >= 0 and < long.MaxValue ? _file.Info.Frames : null;

    public string? Failure { get; private set; }

    public unsafe int Read(Span<float> buffer)
    {
        var frames = buffer.Length / Channels;
        long read;
        fixed (float* samples = buffer)
            read = frames == 0 ? 0 : SndFile.ReadFrames(_file.Handle, samples, frames);
        ThrowOnStreamError();
        if (SndFile.Error(_file.Handle) != 0)
            Failure ??= $"the decoder says: {SndFile.ErrorText(_file.Handle)}";
        return (int)Math.Max(read, 0) * Channels;
    }

    public void Dispose() => _file.Dispose();

    private void ThrowOnStreamError()
    {
        if (_file.StreamError is { } error)
            throw new IOException("the audio stream could not be read", error);
    }

    private static InvalidAudioException Refusal() => SndFile.OpenErrorCode() switch
    {
        SndFile.UnrecognisedFormat => FileSignature.NotAudio(),
        SndFile.UnsupportedEncoding => FileSignature.Unsupported("audio in an encoding that libsndfile does not read"),
        _ => AudioStructure.BadHeader(SndFile.OpenError()),
    };
}
