using System.Runtime.InteropServices;
using NAudio.Wave;

namespace VampNet.Audio;

/// <summary>Interleaved float samples on disk: audio of any length in the memory of a piece.</summary>
/// <param name="sampleRate">in Hz</param>
public sealed class PcmSpool(int sampleRate, int channels) : IDisposable
{
    /// <summary>Frames that are worth one read or write.</summary>
    public const int PieceFrames = SampleProviderExtensions.PieceFrames;

    private readonly SpoolStream _bytes = new();

    /// <summary>In Hz.</summary>
    public int SampleRate => sampleRate;

    public int Channels => channels;

    /// <summary>Samples per channel.</summary>
    public long Frames { get; private set; }

    /// <param name="samples">interleaved whole frames</param>
    /// <exception cref="IOException">the disk is full</exception>
    public void Append(ReadOnlySpan<float> samples)
    {
        _bytes.Write(MemoryMarshal.AsBytes(samples));
        Frames += samples.Length / channels;
    }

    /// <summary>Cuts the end off, or appends silence.</summary>
    public void EndAt(long frames)
    {
        _bytes.SetLength(frames * channels * sizeof(float));
        Frames = frames;
    }

    /// <summary>Frames from anywhere within.</summary>
    /// <param name="samples">interleaved whole frames</param>
    public void Read(long from, Span<float> samples)
    {
        if (_bytes.ReadAt(from * channels * sizeof(float), MemoryMarshal.AsBytes(samples)) != samples.Length * sizeof(float))
            throw new ArgumentOutOfRangeException(
                nameof(from), from, $"{samples.Length / channels} frames from there are not within {Frames}");
    }

    /// <summary>All samples in pieces; each is valid until the next.</summary>
    public IEnumerable<ReadOnlyMemory<float>> Pieces()
    {
        var piece = new float[PieceFrames * channels];
        for (long at = 0; at < Frames; at += PieceFrames)
        {
            var samples = piece.AsMemory(0, (int)Math.Min(PieceFrames, Frames - at) * channels);
            Read(at, samples.Span);
            yield return samples;
        }
    }

    /// <summary>These samples for NAudio, from the start; any number of readers may be at work.</summary>
    public ISampleProvider Open() => new Provider(this);

    public void Dispose() => _bytes.Dispose();

    private sealed class Provider(PcmSpool spool) : ISampleProvider
    {
        private long _position;

        public WaveFormat WaveFormat { get; } = WaveFormat.CreateIeeeFloatWaveFormat(spool.SampleRate, spool.Channels);

        public int Read(Span<float> buffer)
        {
            var frames = (int)Math.Min(buffer.Length / spool.Channels, spool.Frames - _position);
            spool.Read(_position, buffer[..(frames * spool.Channels)]);
            _position += frames;
            return frames * spool.Channels;
        }
    }
}
