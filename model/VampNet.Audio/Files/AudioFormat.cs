namespace VampNet.Audio.Files;

/// <summary>File formats that can be written. All of them, in any sample format, can be read.</summary>
public enum AudioFormat
{
    /// <summary>WAV, 16-bit.</summary>
    Wav16,

    /// <summary>WAV, 24-bit.</summary>
    Wav24,

    /// <summary>WAV, 32-bit float: the only one that keeps samples beyond full scale.</summary>
    WavFloat,

    /// <summary>FLAC, 24-bit.</summary>
    Flac,

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
        AudioFormat.OggVorbis => 0x200000 | 0x0060,
        AudioFormat.Opus => 0x200000 | 0x0064,
        AudioFormat.Mp3 => 0x230000 | 0x0082,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "unknown audio format"),
    };
}
