using System.Buffers.Binary;

namespace VampNet.Audio.Files;

/// <summary>
/// The start of a RIFF WAVE file whose length is known before its samples (Microsoft, "Multimedia Programming Interface", 1991).
/// </summary>
internal static class WavHeader
{
    private const int FormatBytes = 16;
    private const int FactBytes = 4;
    private const int ChunkHead = 8;

    /// <summary>What the samples of a WAV format look like; null for other formats.</summary>
    public static PcmEncoding? Encoding(AudioFormat format) => format switch
    {
        AudioFormat.Wav16 => PcmEncoding.S16Le,
        AudioFormat.Wav24 => PcmEncoding.S24Le,
        AudioFormat.WavFloat => PcmEncoding.F32Le,
        _ => null,
    };

    /// <summary>Everything before the samples. The data chunk is of even size: <see cref="Padding"/> follows the samples.</summary>
    /// <exception cref="ArgumentException">the file would pass the 4 GiB that its sizes can say</exception>
    public static byte[] Create(PcmEncoding encoding, int sampleRate, int channels, long frames)
    {
        var isFloat = encoding == PcmEncoding.F32Le;
        var frameBytes = RawPcm.BytesPerSample(encoding) * channels;
        var header = new byte[4 + ChunkHead + ChunkHead + FormatBytes + (isFloat ? ChunkHead + FactBytes : 0) + ChunkHead];
        var size = header.Length - ChunkHead + frames * frameBytes + Padding(encoding, channels, frames);
        if (size > uint.MaxValue)
            throw new ArgumentException(
                $"a WAV file cannot hold {frames} samples in {channels} channels: it ends at 4 GiB", nameof(frames));

        var writer = new Writer(header);
        writer.Chunk("RIFF"u8, size);
        writer.Tag("WAVE"u8);
        writer.Chunk("fmt "u8, FormatBytes);
        writer.UInt16(isFloat ? 3 : 1); // WAVE_FORMAT_IEEE_FLOAT, WAVE_FORMAT_PCM
        writer.UInt16(channels);
        writer.UInt32(sampleRate);
        writer.UInt32((long)sampleRate * frameBytes);
        writer.UInt16(frameBytes);
        writer.UInt16(8 * RawPcm.BytesPerSample(encoding));
        if (isFloat)
        {
            writer.Chunk("fact"u8, FactBytes);
            writer.UInt32(frames);
        }
        writer.Chunk("data"u8, frames * frameBytes);
        return header;
    }

    /// <summary>Bytes after the samples: 1 where their number is odd.</summary>
    public static int Padding(PcmEncoding encoding, int channels, long frames) =>
        (int)(frames * channels * RawPcm.BytesPerSample(encoding) % 2);

    private ref struct Writer(Span<byte> rest)
    {
        private Span<byte> _rest = rest;

        public void Chunk(ReadOnlySpan<byte> id, long size)
        {
            Tag(id);
            UInt32(size);
        }

        public void Tag(ReadOnlySpan<byte> id)
        {
            id.CopyTo(_rest);
            _rest = _rest[id.Length..];
        }

        public void UInt32(long value)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_rest, (uint)value);
            _rest = _rest[4..];
        }

        public void UInt16(int value)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(_rest, (ushort)value);
            _rest = _rest[2..];
        }
    }
}
