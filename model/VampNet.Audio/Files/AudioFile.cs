using VampNet.Core;

namespace VampNet.Audio.Files;

/// <summary>Whole audio files, in and out of memory.</summary>
public static class AudioFile
{
    /// <exception cref="InvalidAudioException">the file is no usable audio</exception>
    /// <exception cref="IOException">the file cannot be read</exception>
    public static AudioBuffer Read(string path, AudioLimits? limits = null)
    {
        using var stream = File.OpenRead(path);
        return Read(stream, limits);
    }

    /// <inheritdoc cref="Read(string, AudioLimits?)"/>
    public static AudioBuffer Read(byte[] bytes, AudioLimits? limits = null)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        return Read(stream, limits);
    }

    /// <summary>Reads a stream from its start to its end; one that cannot seek goes through a spool.</summary>
    /// <inheritdoc cref="Read(string, AudioLimits?)"/>
    public static AudioBuffer Read(Stream stream, AudioLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        limits ??= AudioLimits.Default;
        if (!stream.CanSeek)
        {
            using var spool = new SpoolStream(limits.MaxSpooledBytes);
            stream.CopyTo(spool);
            spool.Position = 0;
            return Read(spool, limits);
        }
        using var reader = new SoundFileReader(stream, limits);
        return reader.ReadToEnd(limits);
    }

    /// <summary>Writes a file; what was there before is replaced only once the new one is complete.</summary>
    /// <inheritdoc cref="Encode"/>
    public static void Write(string path, AudioBuffer audio, AudioFormat format) => AtomicFile.Write(path, Encode(audio, format));

    /// <summary>Whether files of the format can be written here; that depends on the installed libsndfile.</summary>
    public static bool CanWrite(AudioFormat format) => SoundFileWriter.CanWrite(format);

    /// <summary>The bytes of an audio file. Integer formats clip at full scale.</summary>
    /// <param name="compression">of a lossy format, from 0 (its highest bitrate) to 1 (its lowest); null = libsndfile's choice</param>
    /// <exception cref="ArgumentException">the format cannot hold this sample rate, channel count or length</exception>
    public static byte[] Encode(AudioBuffer audio, AudioFormat format, double? compression = null)
    {
        ArgumentNullException.ThrowIfNull(audio);
        if (WavHeader.Encoding(format) is { } encoding)
        {
            return [
                .. WavHeader.Create(encoding, audio.SampleRate, audio.Channels, audio.Frames),
                .. RawPcm.Encode(audio.Samples, encoding),
                .. new byte[WavHeader.Padding(encoding, audio.Channels, audio.Frames)]];
        }
        using var stream = new MemoryStream();
        using (var writer = new SoundFileWriter(stream, format, audio.SampleRate, audio.Channels, compression))
            writer.Write(audio.Samples);
        return stream.ToArray();
    }
}
