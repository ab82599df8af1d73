using System.Buffers.Binary;
using VampNet.Audio.Files;

namespace VampNet.Audio.Processing;

/// <summary>
/// A file that is encoded onto disk, and sent from there: as it grows where its format allows that, otherwise at its end.
/// </summary>
internal sealed class FileStreamWriter : AudioStreamWriter
{
    private const int ChunkBytes = 64 << 10;

    private readonly SpoolStream _spool = new();
    private readonly SoundFileWriter _file;
    private readonly AudioFormat _format;
    private long _sent;

    public FileStreamWriter(AudioFormat format, AudioStreamShape shape, Func<ReadOnlyMemory<byte>, Task> send)
        : base(shape, send)
    {
        _format = format;
        try
        {
            _file = new SoundFileWriter(_spool, format, shape.OutputRate, shape.Channels);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private protected override async Task EncodeAsync(ReadOnlyMemory<float> samples)
    {
        _file.Write(samples.Span);
        // Of these nothing but the header of FLAC is written twice.
        if (_format is AudioFormat.Flac or AudioFormat.OggVorbis)
            await SendAsync();
    }

    private protected override async Task EndAsync()
    {
        _file.Complete();
        await SendAsync();
    }

    private protected override void Dispose(bool disposing)
    {
        _file?.Dispose();
        _spool.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>All that is new.</summary>
    private async Task SendAsync()
    {
        while (_sent < _spool.Length)
        {
            var chunk = new byte[(int)Math.Min(ChunkBytes, _spool.Length - _sent)];
            _spool.ReadAt(_sent, chunk);
            if (_sent == 0 && _format == AudioFormat.Flac)
                FlacHeader.Complete(chunk, Shape.Frames);
            await Send(chunk);
            _sent += chunk.Length;
        }
    }
}

/// <summary>The block STREAMINFO of FLAC (RFC 9639, 8.2), which an encoder writes before it knows all of it.</summary>
internal static class FlacHeader
{
    // After the marker and the head of the block: sizes of blocks and frames, then 64 bits, the last 36 of which are the number of samples.
    private const int FrameSizes = 8 + 4, FrameSizeBytes = 6, Shape = FrameSizes + FrameSizeBytes, Md5 = Shape + sizeof(ulong),
        Md5Bytes = 16;

    private const ulong SamplesMask = (1UL << 36) - 1;

    /// <summary>Says how many samples there will be; that the rest is not known is 0, whenever the header is sent.</summary>
    /// <param name="start">of the file, with the whole block</param>
    public static void Complete(Span<byte> start, long samples)
    {
        start.Slice(FrameSizes, FrameSizeBytes).Clear();
        start.Slice(Md5, Md5Bytes).Clear();
        var shape = BinaryPrimitives.ReadUInt64BigEndian(start[Shape..]);
        BinaryPrimitives.WriteUInt64BigEndian(start[Shape..], (shape & ~SamplesMask) | ((ulong)samples & SamplesMask));
    }
}
