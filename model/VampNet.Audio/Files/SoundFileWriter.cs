using System.Runtime.ExceptionServices;
using VampNet.Audio.Interop;

namespace VampNet.Audio.Files;

/// <summary>Encodes an audio file as samples come, through libsndfile. Disposing completes the file.</summary>
internal sealed class SoundFileWriter : IDisposable
{
    // libvorbis before 1.3.8 keeps a buffer of one write on the stack.
    private const int WriteFrames = 4_096;

    private readonly VirtualFile _file;
    private readonly int _channels;

    /// <param name="stream">seekable, written from its start; left open</param>
    /// <param name="compression">of a lossy format, from 0 (its highest bitrate) to 1 (its lowest); null = libsndfile's choice</param>
    /// <exception cref="ArgumentException">the format cannot hold this sample rate or channel count</exception>
    public unsafe SoundFileWriter(Stream stream, AudioFormat format, int sampleRate, int channels, double? compression = null)
    {
        _channels = channels;
        _file = new VirtualFile(
            stream, SndFile.ModeWrite, new SndFile.Info { SampleRate = sampleRate, Channels = channels, Format = format.ToSndFile() });
        if (_file.Handle.IsInvalid)
        {
            _file.Dispose();
            throw new ArgumentException(
                $"{format} cannot hold {channels} channels at {sampleRate} Hz ({SndFile.OpenError()})", nameof(format));
        }
        _ = SndFile.Command(_file.Handle, SndFile.SetClipping, 0, 1);
        if (compression is { } level)
            _ = SndFile.Command(_file.Handle, SndFile.SetCompressionLevel, (nint)(&level), sizeof(double));
    }

    /// <summary>Whether the installed libsndfile writes the format: MP3 needs 1.1 or later, built with LAME.</summary>
    public static bool CanWrite(AudioFormat format)
    {
        try
        {
            new SoundFileWriter(new MemoryStream(), format, sampleRate: 48_000, channels: 1).Dispose();
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <param name="samples">interleaved whole frames</param>
    /// <exception cref="Exception">what the stream threw</exception>
    public unsafe void Write(ReadOnlySpan<float> samples)
    {
        while (!samples.IsEmpty)
        {
            var slice = samples[..Math.Min(samples.Length, WriteFrames * _channels)];
            fixed (float* first = slice)
            {
                var written = SndFile.WriteFrames(_file.Handle, first, slice.Length / _channels);
                ThrowOnStreamError();
                if (written != slice.Length / _channels)
                    throw new IOException("the audio encoder stopped early");
            }
            samples = samples[slice.Length..];
        }
    }

    /// <summary>Writes what is left, and the final header.</summary>
    /// <exception cref="Exception">what the stream threw</exception>
    public void Complete()
    {
        Dispose();
        ThrowOnStreamError();
    }

    public void Dispose() => _file.Dispose();

    private void ThrowOnStreamError()
    {
        if (_file.StreamError is { } error)
            ExceptionDispatchInfo.Throw(error);
    }
}
