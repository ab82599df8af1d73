using NAudio.Wave;

namespace VampNet.Audio;

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
