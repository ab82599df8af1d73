namespace NAudio.Wave;

public enum WaveFormatEncoding : ushort
{
    Unknown = 0,
    Pcm = 1,
    IeeeFloat = 3,
}

/// <summary>Layout of uncompressed audio: the part of WAVEFORMATEX that sample providers use.</summary>
public class WaveFormat
{
    public WaveFormat(int rate, int bits, int channels)
        : this(WaveFormatEncoding.Pcm, rate, bits, channels)
    {
    }

    private WaveFormat(WaveFormatEncoding encoding, int rate, int bits, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        (Encoding, SampleRate, BitsPerSample, Channels) = (encoding, rate, bits, channels);
    }

    public WaveFormatEncoding Encoding { get; }

    public int SampleRate { get; }

    public int BitsPerSample { get; }

    public int Channels { get; }

    /// <summary>Bytes a frame.</summary>
    public int BlockAlign => Channels * BitsPerSample / 8;

    public int AverageBytesPerSecond => SampleRate * BlockAlign;

    public static WaveFormat CreateIeeeFloatWaveFormat(int sampleRate, int channels) =>
        new(WaveFormatEncoding.IeeeFloat, sampleRate, 32, channels);
}
