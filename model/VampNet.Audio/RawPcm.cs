using System.Buffers.Binary;

namespace VampNet.Audio;

/// <summary>Layout of raw samples on the wire.</summary>
public enum PcmEncoding
{
    /// <summary>IEEE float, little-endian, full scale = 1.</summary>
    F32Le,

    /// <summary>Signed 16-bit, little-endian.</summary>
    S16Le,
}

/// <summary>Raw interleaved PCM without a header, as clients stream it.</summary>
public static class RawPcm
{
    private const float S16Scale = 32_768f;

    /// <summary>Bytes of one sample.</summary>
    public static int BytesPerSample(PcmEncoding encoding) => encoding switch
    {
        PcmEncoding.F32Le => 4,
        PcmEncoding.S16Le => 2,
        _ => throw new ArgumentOutOfRangeException(nameof(encoding), encoding, "unknown PCM encoding"),
    };

    /// <summary>Checked audio of raw bytes.</summary>
    /// <exception cref="InvalidAudioException">no bytes, a cut frame, NaN or infinity, or a limit is broken</exception>
    public static AudioBuffer Decode(ReadOnlySpan<byte> bytes, PcmEncoding encoding, int sampleRate, int channels, AudioLimits? limits = null)
    {
        limits ??= AudioLimits.Default;
        limits.CheckFormat(sampleRate, channels);
        var frameBytes = BytesPerSample(encoding) * channels;
        if (bytes.IsEmpty)
            throw new InvalidAudioException(AudioProblem.Empty, "audio is empty: 0 bytes");
        if (bytes.Length % frameBytes != 0)
            throw new InvalidAudioException(AudioProblem.Damaged, $"{bytes.Length} bytes do not make whole frames of {frameBytes} bytes");
        limits.CheckLength(bytes.Length / frameBytes, sampleRate, channels);

        var samples = new float[bytes.Length / BytesPerSample(encoding)];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = encoding == PcmEncoding.F32Le
                ? BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * i)..])
                : BinaryPrimitives.ReadInt16LittleEndian(bytes[(2 * i)..]) / S16Scale;
        }
        SampleChecks.Finite(samples, sampleRate, channels);
        return new AudioBuffer(samples, sampleRate, channels);
    }

    /// <summary>Raw bytes of samples; 16-bit samples are clipped at full scale.</summary>
    public static byte[] Encode(ReadOnlySpan<float> samples, PcmEncoding encoding)
    {
        var size = BytesPerSample(encoding);
        var bytes = new byte[samples.Length * size];
        for (var i = 0; i < samples.Length; i++)
        {
            if (encoding == PcmEncoding.F32Le)
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(size * i), samples[i]);
            else
                BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(size * i), (short)Math.Clamp(MathF.Round(samples[i] * S16Scale), short.MinValue, short.MaxValue));
        }
        return bytes;
    }
}
