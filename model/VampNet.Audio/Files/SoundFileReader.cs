using NAudio.Wave;
using VampNet.Audio.Interop;

namespace VampNet.Audio.Files;

/// <summary>
/// Samples of a WAV, FLAC, OGG Vorbis, Opus or MP3 stream, decoded as they are read. Samples are not checked here:
/// <see cref="SampleProviderExtensions.ReadToEnd"/> does that for every source.
/// </summary>
public sealed class SoundFileReader : ISampleProvider, IDisposable
{
    private readonly VirtualFile _file;

    /// <param name="stream">seekable, read from its current position, which must be 0; left open</param>
    /// <exception cref="InvalidAudioException">empty, not audio, or the header is damaged or breaks a limit</exception>
    public SoundFileReader(Stream stream, AudioLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        CheckSignature(stream);
        _file = new VirtualFile(stream, SndFile.ModeRead, default);
        try
        {
            if (_file.StreamError is { } error)
                throw new IOException("the audio stream could not be read", error);
            if (_file.Handle.IsInvalid)
                throw new InvalidAudioException(AudioProblem.Damaged, $"audio header is truncated or damaged ({SndFile.OpenError()})");
            (limits ?? AudioLimits.Default).CheckFormat(_file.Info.SampleRate, _file.Info.Channels);
            WaveFormat = WaveFormat.CreateIeeeFloatWaveFormat(_file.Info.SampleRate, _file.Info.Channels);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public WaveFormat WaveFormat { get; }

    /// <inheritdoc />
    public unsafe int Read(Span<float> buffer)
    {
        var frames = buffer.Length / WaveFormat.Channels;
        var span = buffer[..(frames * WaveFormat.Channels)];
        long read;
        fixed (float* samples = span)
            read = frames == 0 ? 0 : SndFile.ReadFrames(_file.Handle, samples, frames);
        if (_file.StreamError is { } error)
            throw new IOException("the audio stream could not be read", error);
        return (int)Math.Max(read, 0) * WaveFormat.Channels;
    }

    public void Dispose() => _file.Dispose();

    private static void CheckSignature(Stream stream)
    {
        Span<byte> start = stackalloc byte[FileSignature.Length];
        var read = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (read == 0)
            throw new InvalidAudioException(AudioProblem.Empty, "audio is empty: 0 bytes");
        if (!FileSignature.IsAudio(start[..read]))
            throw new InvalidAudioException(AudioProblem.NotAudio, "not audio: expected WAV, FLAC, OGG Vorbis, Opus or MP3");
        stream.Seek(-read, SeekOrigin.Current);
    }
}

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
