namespace VampNet.Audio.Files;

/// <summary>
/// Tells a file format by its first bytes. Only these five reach libsndfile: its parsers of rarer formats stay
/// closed to strangers, and what is no audio gets a plain message.
/// </summary>
internal static class FileSignature
{
    public const int Length = 12;

    /// <summary>True where the start is one of WAV, FLAC, OGG or MP3, as far as it goes.</summary>
    public static bool IsAudio(ReadOnlySpan<byte> start) =>
        IsWav(start) || Matches(start, "fLaC"u8) || Matches(start, "OggS"u8) || IsMp3(start);

    private static bool IsWav(ReadOnlySpan<byte> start) =>
        (Matches(start, "RIFF"u8) || Matches(start, "RIFX"u8) || Matches(start, "RF64"u8)) &&
        (start.Length <= 8 || Matches(start[8..], "WAVE"u8));

    /// <summary>An ID3 tag, or an MPEG frame: 11 sync bits, then layer III.</summary>
    private static bool IsMp3(ReadOnlySpan<byte> start) =>
        Matches(start, "ID3"u8) || (start.Length >= 2 && start[0] == 0xFF && (start[1] & 0xE6) == 0xE2);

    private static bool Matches(ReadOnlySpan<byte> start, ReadOnlySpan<byte> magic)
    {
        var n = Math.Min(start.Length, magic.Length);
        return start[..n].SequenceEqual(magic[..n]);
    }
}
