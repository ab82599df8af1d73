namespace VampNet.Audio.Files.Structure;

/// <summary>Tells a file format by its first bytes.</summary>
internal static class FileSignature
{
    private const int Length = 16;

    /// <summary>What a file consists of.</summary>
    /// <exception cref="InvalidAudioException">empty, not audio, of a format that is not read, or with a damaged header</exception>
    public static AudioStructure Structure(Stream stream)
    {
        var bytes = new ByteWindow(stream);
        if (bytes.Length == 0)
            throw new InvalidAudioException(AudioProblem.Empty, "audio is empty: 0 bytes");
        var tagged = bytes.At(0, 3).SequenceEqual("ID3"u8);
        var from = tagged ? MpegStructure.SkipTags(bytes, 0) : 0;
        var start = bytes.At(from, Length).ToArray();
        if (Matches(start, "fLaC"u8))
            return FlacStructure.Read(bytes, from);
        if (Matches(start, "OggS"u8))
            return OggStructure.Read(bytes);
        if (IsRiff(start) || Matches(start, "caff"u8))
            return ChunkStructure.Read(bytes);
        if (MpegStructure.Start(bytes) is { } frame)
            return MpegStructure.Read(bytes, frame);
        if (Foreign(start) is { } format)
            throw Unsupported(format.Name, format.File);
        if (tagged || (start is [0xFF, var second, ..] && (second & 0xE0) == 0xE0 && !MpegStructure.IsFreeFormat(bytes)))
            throw AudioStructure.BadHeader("no MPEG frame follows another");
        return AudioStructure.Whole(stream);
    }

    public static InvalidAudioException NotAudio() =>
        new(AudioProblem.NotAudio, "not audio: expected WAV, AIFF, CAF, FLAC, OGG Vorbis, Opus, MP3 or what else libsndfile reads");

    /// <param name="name">of the format, with what it holds</param>
    /// <param name="file">an example</param>
    public static InvalidAudioException Unsupported(string name, string file = "in.file") =>
        new(AudioProblem.Unsupported, $"{name} is not read here; \"ffmpeg -i {file} out.wav\" makes a file that is");

    /// <summary>Formats that people have, and libsndfile does not read.</summary>
    private static (string Name, string File)? Foreign(ReadOnlySpan<byte> start) => start switch
    {
        _ when start.Length >= 8 && start[4..].StartsWith("ftyp"u8) => ("M4A or MP4 (AAC, ALAC)", "in.m4a"),
        _ when start.StartsWith("ADIF"u8) || (start is [0xFF, var second, ..] && (second & 0xF6) == 0xF0) => ("AAC", "in.aac"),
        _ when start.StartsWith((ReadOnlySpan<byte>)[0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11]) => ("WMA (ASF)", "in.wma"),
        _ when start.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3]) => ("WebM or Matroska", "in.webm"),
        _ when start.StartsWith("wvpk"u8) => ("WavPack", "in.wv"),
        _ when start.StartsWith("MAC "u8) => ("Monkey's Audio", "in.ape"),
        _ when start.StartsWith("TTA1"u8) => ("True Audio", "in.tta"),
        _ when start.StartsWith("MPCK"u8) || start.StartsWith("MP+"u8) => ("Musepack", "in.mpc"),
        _ when start.StartsWith("DSD "u8) || start.StartsWith("FRM8"u8) => ("DSD", "in.dsf"),
        _ when start.StartsWith("#!AMR"u8) => ("AMR", "in.amr"),
        _ when start is [0x0B, 0x77, ..] => ("AC-3", "in.ac3"),
        _ => null,
    };

    private static bool IsRiff(ReadOnlySpan<byte> start) =>
        ((Matches(start, "RIFF"u8) || Matches(start, "RIFX"u8) || Matches(start, "RF64"u8))
            && (start.Length <= 8 || Matches(start[8..], "WAVE"u8)))
        || (start.StartsWith("FORM"u8) && start.Length >= 12 && (start[8..].StartsWith("AIFF"u8) || start[8..].StartsWith("AIFC"u8)));

    /// <summary>Whether a start goes on as far as it goes: a file may be cut off in its first bytes.</summary>
    private static bool Matches(ReadOnlySpan<byte> start, ReadOnlySpan<byte> magic)
    {
        var n = Math.Min(start.Length, magic.Length);
        return n > 0 && start[..n].SequenceEqual(magic[..n]);
    }
}
