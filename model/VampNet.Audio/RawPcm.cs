using System.Buffers.Binary;
using NAudio.Wave;

namespace VampNet.Audio;

/// <summary>Layout of raw samples on the wire.</summary>
public enum PcmEncoding
{
    /// <summary>IEEE float, little-endian, full scale = 1.</summary>
    F32Le,

    /// <summary>Signed 16-bit, little-endian.</summary>
    S16Le,

    /// <summary>Signed 24-bit, little-endian, three bytes a sample.</summary>
    S24Le,
}

/// <summary>Raw interleaved PCM without a header, as clients stream it.</summary>
public static class RawPcm
{
    private const float S16Scale = 1 << 15;
    private const float S24Scale = 1 << 23;

    /// <summary>Bytes of one sample.</summary>
    public static int BytesPerSample(PcmEncoding encoding) => encoding switch
    {
        PcmEncoding.F32Le => 4,
        PcmEncoding.S16Le => 2,
        PcmEncoding.S24Le => 3,
        _ => throw new ArgumentOutOfRangeException(nameof(encoding), encoding, "unknown PCM encoding"),
    };

    /// <summary>Checked audio of raw bytes.</summary>
    /// <exception cref="InvalidAudioException">no bytes, a cut frame, NaN or infinity, or a limit is broken</exception>
    public static AudioBuffer Decode(byte[] bytes, PcmEncoding encoding, int sampleRate, int channels, AudioLimits? limits = null)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        return new RawPcmReader(stream, encoding, sampleRate, channels, limits).ReadToEnd(limits);
    }

    /// <summary>Raw bytes of samples; integers are rounded, and clipped at full scale.</summary>
    public static byte[] Encode(ReadOnlySpan<float> samples, PcmEncoding encoding)
    {
        var size = BytesPerSample(encoding);
        var bytes = new byte[samples.Length * size];
        for (var i = 0; i < samples.Length; i++)
        {
            var to = bytes.AsSpan(size * i);
            switch (encoding)
            {
                case PcmEncoding.F32Le:
                    BinaryPrimitives.WriteSingleLittleEndian(to, samples[i]);
                    break;
                case PcmEncoding.S16Le:
                    BinaryPrimitives.WriteInt16LittleEndian(to, (short)Integer(samples[i], S16Scale));
                    break;
                default:
                    var value = Integer(samples[i], S24Scale);
                    (to[0], to[1], to[2]) = ((byte)value, (byte)(value >> 8), (byte)(value >> 16));
                    break;
            }
        }
        return bytes;
    }

    /// <summary>Samples of raw bytes.</summary>
    /// <param name="samples">as many as the bytes hold</param>
    internal static void Decode(ReadOnlySpan<byte> bytes, PcmEncoding encoding, Span<float> samples)
    {
        var size = BytesPerSample(encoding);
        for (var i = 0; i < samples.Length; i++)
        {
            var from = bytes[(size * i)..];
            samples[i] = encoding switch
            {
                PcmEncoding.F32Le => BinaryPrimitives.ReadSingleLittleEndian(from),
                PcmEncoding.S16Le => BinaryPrimitives.ReadInt16LittleEndian(from) / S16Scale,
                _ => (from[0] | (from[1] << 8) | ((sbyte)from[2] << 16)) / S24Scale,
            };
        }
    }

    private static int Integer(float sample, float scale) => (int)Math.Clamp(MathF.Round(sample * scale), -scale, scale - 1);
}

/// <summary>Samples of raw interleaved PCM, converted as they are read.</summary>
public sealed class RawPcmReader : ISampleProvider
{
    private readonly Stream _stream;
    private readonly PcmEncoding _encoding;
    private byte[] _bytes = [];

    /// <param name="stream">seekable, read from its current position; left open</param>
    /// <exception cref="InvalidAudioException">no bytes, a cut frame at the end, or the format breaks a limit</exception>
    public RawPcmReader(Stream stream, PcmEncoding encoding, int sampleRate, int channels, AudioLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        (limits ?? AudioLimits.Default).CheckFormat(sampleRate, channels);
        var (length, frameBytes) = (stream.Length - stream.Position, RawPcm.BytesPerSample(encoding) * channels);
        if (length == 0)
            throw new InvalidAudioException(AudioProblem.Empty, "audio is empty: 0 bytes");
        if (length % frameBytes != 0)
            throw new InvalidAudioException(AudioProblem.Damaged, $"{length} bytes do not make whole frames of {frameBytes} bytes");
        (_stream, _encoding, WaveFormat) = (stream, encoding, WaveFormat.CreateIeeeFloatWaveFormat(sampleRate, channels));
    }

    public WaveFormat WaveFormat { get; }

    /// <inheritdoc />
    public int Read(Span<float> buffer)
    {
        var size = RawPcm.BytesPerSample(_encoding);
        var count = buffer.Length;
        if (_bytes.Length < count * size)
            _bytes = new byte[count * size];
        var read = _stream.ReadAtLeast(_bytes.AsSpan(0, count * size), count * size, throwOnEndOfStream: false) / size;
        RawPcm.Decode(_bytes, _encoding, buffer[..read]);
        return read;
    }
}
