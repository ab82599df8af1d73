using NAudio.Wave;

namespace VampNet.Audio;

/// <summary>Audio in memory: interleaved float samples, full scale = 1.</summary>
public sealed class AudioBuffer
{
    /// <param name="samples">frames × channels values, interleaved; not copied</param>
    /// <param name="sampleRate">in Hz, above 0</param>
    /// <param name="channels">at least 1</param>
    /// <exception cref="ArgumentException">the samples do not fill whole frames</exception>
    public AudioBuffer(float[] samples, int sampleRate, int channels = 1)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        if (samples.Length % channels != 0)
            throw new ArgumentException($"{samples.Length} samples do not make whole frames of {channels} channels", nameof(samples));
        (Samples, SampleRate, Channels) = (samples, sampleRate, channels);
    }

    /// <summary>All samples, interleaved.</summary>
    public float[] Samples { get; }

    /// <summary>In Hz.</summary>
    public int SampleRate { get; }

    public int Channels { get; }

    /// <summary>Samples per channel.</summary>
    public int Frames => Samples.Length / Channels;

    /// <summary>This audio for NAudio, from the start.</summary>
    public ISampleProvider ToSampleProvider() => new Provider(this);

    private sealed class Provider(AudioBuffer audio) : ISampleProvider
    {
        private int _position;

        public WaveFormat WaveFormat { get; } = WaveFormat.CreateIeeeFloatWaveFormat(audio.SampleRate, audio.Channels);

        public int Read(Span<float> buffer)
        {
            var n = Math.Min(buffer.Length, audio.Samples.Length - _position);
            audio.Samples.AsSpan(_position, n).CopyTo(buffer);
            _position += n;
            return n;
        }
    }
}
