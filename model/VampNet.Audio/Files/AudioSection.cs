using NAudio.Wave;

namespace VampNet.Audio.Files;

/// <summary>A stretch of audio, which is read up to its end only.</summary>
/// <param name="whole">at its start</param>
/// <param name="fromSeconds">from the start, at least 0</param>
/// <param name="toSeconds">from the start; 0 = to the end</param>
public sealed class AudioSection(ISampleProvider whole, double fromSeconds, double toSeconds) : ISampleProvider
{
    private const int PieceFrames = 4_096;

    private long _toSkip = Frames(whole, fromSeconds) * whole.WaveFormat.Channels;
    private long _left = toSeconds == 0
        ? long.MaxValue
        : (Frames(whole, toSeconds) - Frames(whole, fromSeconds)) * whole.WaveFormat.Channels;

    public WaveFormat WaveFormat => whole.WaveFormat;

    /// <summary>The first damage that was met up to now, in words; null = none.</summary>
    public string? Damage => DamageOf(whole);

    /// <inheritdoc cref="Damage"/>
    public static string? DamageOf(ISampleProvider source) =>
        source switch { SoundFileReader file => file.Damage, AudioSection section => section.Damage, _ => null };

    /// <inheritdoc />
    /// <exception cref="InvalidAudioException">the audio ends before the section begins</exception>
    public int Read(Span<float> buffer)
    {
        Skip();
        var read = whole.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
        _left -= read;
        return read;
    }

    private void Skip()
    {
        if (_toSkip == 0)
            return;
        var piece = new float[PieceFrames * WaveFormat.Channels];
        while (_toSkip > 0)
        {
            var read = whole.Read(piece.AsSpan(0, (int)Math.Min(piece.Length, _toSkip)));
            if (read == 0)
                throw new InvalidAudioException(
                    AudioProblem.NoSamples, $"the audio ends before {fromSeconds:0.###} s, where it shall begin");
            _toSkip -= read;
        }
    }

    private static long Frames(ISampleProvider source, double seconds) =>
        (long)Math.Min(long.MaxValue / 1_024, Math.Round(seconds * source.WaveFormat.SampleRate));
}
