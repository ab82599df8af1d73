using VampNet.Audio.Interop;

namespace VampNet.Audio.Files;

/// <summary>Whole audio files, in and out of memory.</summary>
public static class AudioFile
{
    // libvorbis before 1.3.8 keeps a buffer of one write on the stack.
    private const int WriteFrames = 4_096;

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

    /// <summary>Reads a stream from its start to its end; one that cannot seek is buffered up to a limit.</summary>
    /// <inheritdoc cref="Read(string, AudioLimits?)"/>
    public static AudioBuffer Read(Stream stream, AudioLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        limits ??= AudioLimits.Default;
        if (!stream.CanSeek)
        {
            using var buffered = Buffer(stream, limits.MaxBufferedBytes);
            return Read(buffered, limits);
        }
        using var reader = new SoundFileReader(stream, limits);
        return reader.ReadToEnd(limits);
    }

    /// <summary>Writes a file; what was there before is replaced only once the new one is complete.</summary>
    /// <inheritdoc cref="Encode"/>
    public static void Write(string path, AudioBuffer audio, AudioFormat format)
    {
        var bytes = Encode(audio, format);
        var partial = path + ".part";
        try
        {
            File.WriteAllBytes(partial, bytes);
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>The bytes of an audio file. Integer formats clip at full scale.</summary>
    /// <exception cref="ArgumentException">the format cannot hold this sample rate or channel count</exception>
    public static byte[] Encode(AudioBuffer audio, AudioFormat format)
    {
        ArgumentNullException.ThrowIfNull(audio);
        using var stream = new MemoryStream();
        var info = new SndFile.Info { SampleRate = audio.SampleRate, Channels = audio.Channels, Format = format.ToSndFile() };
        using (var file = new VirtualFile(stream, SndFile.ModeWrite, info))
        {
            if (file.Handle.IsInvalid)
                throw new ArgumentException($"{format} cannot hold {audio.Channels} channels at {audio.SampleRate} Hz ({SndFile.OpenError()})", nameof(audio));
            _ = SndFile.Command(file.Handle, SndFile.SetClipping, 0, 1);
            _ = SndFile.Command(file.Handle, SndFile.SetAddPeakChunk, 0, 0); // it holds the time of day; the same audio gives the same bytes
            WriteSamples(file, audio);
        }
        return stream.ToArray();
    }

    private static unsafe void WriteSamples(VirtualFile file, AudioBuffer audio)
    {
        fixed (float* samples = audio.Samples)
        {
            for (var at = 0; at < audio.Frames; at += WriteFrames)
            {
                var frames = Math.Min(WriteFrames, audio.Frames - at);
                if (SndFile.WriteFrames(file.Handle, samples + (long)at * audio.Channels, frames) != frames)
                    throw new IOException("the audio encoder stopped early", file.StreamError);
            }
        }
    }

    private static MemoryStream Buffer(Stream stream, int maxBytes)
    {
        var buffered = new MemoryStream();
        var chunk = new byte[81_920];
        int read;
        while ((read = stream.Read(chunk)) > 0)
        {
            if (buffered.Length + read > maxBytes)
                throw new InvalidAudioException(AudioProblem.TooLong, $"audio stream is larger than the limit of {maxBytes} bytes");
            buffered.Write(chunk, 0, read);
        }
        buffered.Position = 0;
        return buffered;
    }
}
