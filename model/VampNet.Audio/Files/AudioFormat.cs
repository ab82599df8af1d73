namespace VampNet.Audio.Files;

/// <summary>File formats that can be written. All of them, in any sample format, can be read.</summary>
public enum AudioFormat
{
    /// <summary>WAV, 16-bit.</summary>
    Wav16,

    /// <summary>WAV, 24-bit.</summary>
    Wav24,

    /// <summary>WAV, 32-bit float. Float formats are the ones that keep samples beyond full scale.</summary>
    WavFloat,

    /// <summary>FLAC, 24-bit.</summary>
    Flac,

    /// <summary>AIFF, 16-bit.</summary>
    Aiff16,

    /// <summary>AIFF, 24-bit.</summary>
    Aiff24,

    /// <summary>AIFF-C, 32-bit float.</summary>
    AiffFloat,

    /// <summary>OGG Vorbis.</summary>
    OggVorbis,

    /// <summary>OGG Opus; 8, 12, 16, 24 or 48 kHz only.</summary>
    Opus,

    /// <summary>MP3.</summary>
    Mp3,
}

internal static class AudioFormats
{
    /// <summary>libsndfile's major format and sample format.</summary>
    public static int ToSndFile(this AudioFormat format) => format switch
    {
        AudioFormat.Wav16 => 0x010000 | 0x0002,
        AudioFormat.Wav24 => 0x010000 | 0x0003,
        AudioFormat.WavFloat => 0x010000 | 0x0006,
        AudioFormat.Flac => 0x170000 | 0x0003,
        AudioFormat.Aiff16 => 0x020000 | 0x0002,
        AudioFormat.Aiff24 => 0x020000 | 0x0003,
        AudioFormat.AiffFloat => 0x020000 | 0x0006,
        AudioFormat.OggVorbis => 0x200000 | 0x0060,
        AudioFormat.Opus => 0x200000 | 0x0064,
        AudioFormat.Mp3 => 0x230000 | 0x0082,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "unknown audio format"),
    };

    /// <summary>The sample rate, in Hz, that stands in for one that the format does not have: the next higher, or the highest.</summary>
    public static int NearestRate(this AudioFormat format, int rate)
    {
        int[] rates = format switch
        {
            AudioFormat.Opus => [8_000, 12_000, 16_000, 24_000, 48_000],
            AudioFormat.Mp3 => [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000],
            _ => [rate],
        };
        return rates.FirstOrDefault(known => known >= rate, rates[^1]);
    }
}
